/** The machine's clock, with waits cut short while a test knows that nothing will come of them. */
import { type Clock, systemClock } from '@lingma-gateway/core';

/** @param isHopeless asked at the beginning of each wait */
export const impatientClock = (isHopeless: () => boolean, factor = 25): Clock => ({
  ...systemClock,
  schedule: (ms, callback) => systemClock.schedule(isHopeless() ? ms / factor : ms, callback),
});
