import type { Lingma } from '../process/process-state.js';

/** Stops the turns a client means and keeps the request in the stats. With a request id only that one is meant. */
export function stopTurns(lingma: Lingma, method: string, requestId: string, sessionId: string): void {
  const meant = [...lingma.turns.values()].filter((turn) =>
    requestId !== '' ? turn.requestId === requestId : sessionId !== '' && turn.session.id === sessionId,
  );
  lingma.recorder.addStop({ method, requestId, sessionId, turns: meant.length });
  for (const turn of meant) turn.stop();
}
