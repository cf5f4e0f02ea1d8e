/** The scripted Lingma in a process of its own, so that its work is nobody else's CPU time. */
import { createSimulator } from '@lingma-gateway/simulator';
import { answerUsage } from './usage.mjs';

const simulator = createSimulator({ profile: process.argv[2], acp: process.argv[3] });
await simulator.start();
// With its folder.
process.once('SIGTERM', () => process.exit());
answerUsage();
process.send({ ready: simulator.address.webSocketUrl });
