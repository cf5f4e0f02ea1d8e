const { smoke } = require('./smoke-steps.cjs');

smoke({
  core: require('@lingma-gateway/core'),
  chat: require('@lingma-gateway/core/chat'),
  config: require('@lingma-gateway/core/config'),
  data: require('@lingma-gateway/core/data'),
  wire: require('@lingma-gateway/core/wire'),
  expressMount: require('@lingma-gateway/express'),
  fastifyMount: require('@lingma-gateway/fastify'),
  hostTools: require('@lingma-gateway/host-tools'),
  node: require('@lingma-gateway/node'),
  simulator: require('@lingma-gateway/simulator'),
  server: require('lingma-gateway'),
}).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
