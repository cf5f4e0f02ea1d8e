import { expect, it } from 'vitest';
import { EventListeners } from './event-listeners.js';

interface Events {
  readonly state: string;
  readonly count: number;
}

it('EventListeners - tells those of a name, for as long as they are there', () => {
  const listeners = new EventListeners<Events>();
  const heard: unknown[] = [];
  const listen = (value: unknown): void => void heard.push(value);
  const leave = listeners.on('state', listen);
  listeners.on('state', listen);
  listeners.on('count', listen);
  listeners.tell('state', 'a');
  leave();
  leave();
  listeners.tell('state', 'b');
  listeners.tell('count', 1);
  expect(heard).toEqual(['a', 'a', 'b', 1]);
});

it('EventListeners - one that throws keeps nothing from the others', () => {
  const failures: unknown[] = [];
  const listeners = new EventListeners<Events>((error) => failures.push(error));
  const heard: string[] = [];
  const mistake = new Error('mine');
  listeners.on('state', () => {
    throw mistake;
  });
  listeners.on('state', (value) => heard.push(value));
  listeners.tell('state', 'a');
  expect([heard, failures]).toEqual([['a'], [mistake]]);
});
