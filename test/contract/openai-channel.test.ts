/** What clients see is the same when an upstream that speaks OpenAI's protocol answers, over sockets. */
import { describeGatewayContract, type Mount } from './gateway-contract.js';
import { describeLimitsContract } from './gateway-limits-contract.js';
import { describeRoutesContract } from './gateway-routes-contract.js';
import { OPENAI } from './openai-subject.js';

const mount: Mount = async (gateway) => ({
  request: (path, init) => gateway.fetch(new Request(`http://127.0.0.1:8317${path}`, init)),
  close: async () => undefined,
});
describeGatewayContract('an openai channel', mount, {}, OPENAI);
describeRoutesContract('an openai channel', mount, {}, OPENAI);
describeLimitsContract('an openai channel', mount, {}, OPENAI);
