/** The gateway over several Lingmas that run already. argv: `lingma.instances` as JSON, dialect. */
import './as-serve.mjs';
import { startServer } from 'lingma-gateway';
import { answerUsage } from './usage.mjs';

const [instances, dialect] = process.argv.slice(2);
const lingma = { instances: JSON.parse(instances), dialect, maxConnections: 2000 };
const settings = { lingma, server: { port: 0, logLevel: 'error' }, admission: { maxInFlight: 2000 } };
const server = await startServer({ file: { name: 'bench.json', text: JSON.stringify(settings) } });
answerUsage();
process.send({ ready: server.url });
