/** What a program does with the packages, as an ES module. `smoke.cjs` runs the same. */
import * as core from '@lingma-gateway/core';
import * as chat from '@lingma-gateway/core/chat';
import * as config from '@lingma-gateway/core/config';
import * as data from '@lingma-gateway/core/data';
import * as wire from '@lingma-gateway/core/wire';
import * as expressMount from '@lingma-gateway/express';
import * as fastifyMount from '@lingma-gateway/fastify';
import * as hostTools from '@lingma-gateway/host-tools';
import * as node from '@lingma-gateway/node';
import * as simulator from '@lingma-gateway/simulator';
import * as server from 'lingma-gateway';
import { smoke } from './smoke-steps.cjs';

await smoke({ core, chat, config, data, wire, expressMount, fastifyMount, hostTools, node, simulator, server });
