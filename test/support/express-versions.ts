/** Express of both kinds that are in use, seen with the types of the newer one. */
import { lingmaGateway } from '@lingma-gateway/express';
import express from 'express';
import express4, { type RequestHandler as RequestHandler4 } from 'express4';

type Express = typeof express;
export const EXPRESS: readonly (readonly [title: string, make: Express])[] = [
  ['Express 5', express],
  ['Express 4', express4 as unknown as Express],
];

/** Compiles where the mount is a handler by the types of the older one, too. */
lingmaGateway satisfies (...options: Parameters<typeof lingmaGateway>) => RequestHandler4;
