/** Has V8 collect as `lingma-gateway serve` has it: in all gateways that are compared with each other or with the floor. */
import { collectRequestsYoung } from '../../server/dist/serve/collect-requests.js';

collectRequestsYoung();
