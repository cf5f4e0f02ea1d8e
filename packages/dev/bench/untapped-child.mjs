/**
 * The gateway of `gateway-child.mjs` whose turns are seen at their start and end alone: what it costs less is what observing
 * the pieces between them costs. Same arguments.
 */
import './as-serve.mjs';
import { TurnRecorder } from '../../core/dist/gateway/observe/turn-recorder.js';

const { push } = TurnRecorder.prototype;
TurnRecorder.prototype.push = function pushEnds(event) {
  if (event.type === 'response-end' || event.type === 'response-start') push.call(this, event);
};
TurnRecorder.prototype.endBatch = () => undefined;
await import('./gateway-child.mjs');
