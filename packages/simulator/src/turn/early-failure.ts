import type { Failure, FailureForm } from './failure.js';

/** A turn that fails before it says anything; see the switches on login, quota and time-outs. */
export interface EarlyFailure {
  readonly failure: Failure;
  /**
   * `text`: the answer says so and ends well; `silence`: nothing comes; `finish-112`: an answer about prices, and a finish
   * with code 112 (protocol section 7.15).
   */
  readonly form: FailureForm | 'text' | 'silence' | 'finish-112';
}

/** The kind of text that goes with the codes of an account without credits: JSON with the place to buy some. */
export const PRICING_TEXT = JSON.stringify({
  title: 'Upgrade your plan to go on',
  pricingUrl: 'https://lingma-simulator.invalid/pricing',
  usageUrl: 'https://lingma-simulator.invalid/usage',
});
