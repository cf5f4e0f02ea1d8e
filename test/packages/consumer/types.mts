import { createGateway, createLingmaChannel, type Gateway, GatewayError, LingmaClient } from '@lingma-gateway/core';
import type { ChatRequest } from '@lingma-gateway/core/chat';
import { type GatewayConfig, loadConfig } from '@lingma-gateway/core/config';
import { openaiChat, type ParsedRequest } from '@lingma-gateway/core/wire';
import { lingmaGateway as expressGateway } from '@lingma-gateway/express';
import fastifyGateway from '@lingma-gateway/fastify';
import { createHostTools } from '@lingma-gateway/host-tools';
import { type FetchHandler, toNodeHandler } from '@lingma-gateway/node';
import { createSimulator, type Simulator } from '@lingma-gateway/simulator';
import express from 'express';
import fastify from 'fastify';
import { type RunningServer, startServer } from 'lingma-gateway';

const simulator: Simulator = createSimulator();
const client = new LingmaClient({ address: simulator.address.webSocketUrl });
export const gateway: Gateway = createGateway({ channel: createLingmaChannel({ client }) });
const parsed: ParsedRequest = openaiChat.parseRequest({});
export const chat: ChatRequest = parsed.chat;
const handler: FetchHandler = gateway.fetch;
express().use('/lingma', expressGateway(gateway));
fastify().register(fastifyGateway, { prefix: '/lingma', gateway });
export const started: Promise<RunningServer> = startServer({ env: {} });
export const tools = createHostTools;
export const config: GatewayConfig = loadConfig({}).config;
toNodeHandler(handler);

// What could not be found would be `any`, and no error at all.
// @ts-expect-error
createGateway({ chanel: 1 });
// @ts-expect-error
export const wrong: number = config.server;
// @ts-expect-error
new GatewayError('no such code', 'message');
// @ts-expect-error
expressGateway(5);
// @ts-expect-error
export const alsoWrong: number = parsed.chat;
