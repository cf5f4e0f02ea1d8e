/** The port by which the operator's routes, the statistics and the metrics see channels. */
import type { ChannelReport, ChannelTest } from '../channel/index.js';
import type { CallContext } from '../chat/index.js';

/** Channels, as operators see and steer them. */
export interface ChannelAdmin {
  /** Empty: Lingma is all there is. */
  list(): readonly ChannelReport[];
  /** Until the next change of the channel's settings. False where there is none of that name. */
  setEnabled(name: string, enabled: boolean): boolean;
  /** @param model absent: the first that the channel lists; absent where there is no such channel */
  test(name: string, model: string | undefined, context: CallContext): Promise<ChannelTest | undefined>;
}
