/** An upstream that speaks OpenAI's protocol, in a process of its own. */
import { createOpenAiUpstream } from '@lingma-gateway/simulator';
import { answerUsage } from './usage.mjs';

const upstream = await createOpenAiUpstream();
answerUsage();
process.send({ ready: upstream.url });
