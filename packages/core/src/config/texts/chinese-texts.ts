/**
 * What a setting's entry says, in Chinese: one row a setting, by its path. A test holds the table complete, so a new
 * setting needs its row here; until it has one, its English text stands in.
 * Over 250 lines: it is one table, a row a setting.
 */

export interface ChineseText {
  readonly doc: string;
  /** Wherever the English entry has one. */
  readonly defaultDoc?: string;
  readonly hint?: string;
  readonly notUsedYet?: string;
}

export const CHINESE_TEXTS: Readonly<Record<string, ChineseText>> = {
  'server.host': { doc: '监听地址。监听本机回环以外的地址时，必须设置客户端密钥。' },
  'server.port': { doc: '监听端口；0 表示任选一个空闲端口。', hint: '0 到 65535 之间的整数；0 表示任选一个空闲端口' },
  'server.allowAnonymous': {
    doc: '允许在没有客户端密钥的情况下监听本机回环以外的地址。能连上该端口的人都在使用你的灵码账号。',
  },
  'server.allowedHosts': { doc: '监听本机回环地址时，请求的 Host 头还可以是哪些名字（不含端口）；`*` 表示任何名字。' },
  'server.corsOrigins': {
    doc: '允许哪些来源在浏览器或内嵌网页里调用网关：`https://chat.example`、`chrome-extension://<id>`、某个协议的全部来源（如 `vscode-webview://*`、`app://*`），或 `null`。不设置时只允许本机的网页。',
  },
  'server.maxBodyBytes': { doc: '请求体的最大字节数，超出则返回 413。' },
  'server.drainTimeoutMs': {
    doc: '收到 SIGTERM 或 SIGINT 后，正在处理的请求还可以运行多久。再收到一次信号则立即结束。',
    hint: '秒数，或 90s、5m 这样的时长',
  },
  'server.logLevel': { doc: '写到 stderr 的日志级别。' },
  'server.logFormat': {
    doc: '日志行的格式：`pretty` 供人阅读，`json` 供程序处理；`auto` 在终端里用前者，其余情况用后者。',
  },
  'server.demo': {
    doc: '由自带的模拟器回答。`--no-demo` 则永不使用模拟器，即使找不到灵码也不用。',
    defaultDoc: '仅当没有任何配置指向灵码（地址、`--bin`、账号）且找不到灵码时使用',
  },
  'auth.clientKeys': {
    doc: '客户端密钥，以 `Authorization: Bearer …`、`x-api-key` 或 `api-key` 发送。这里和 `auth.keys` 都不设时，所有请求都放行。',
    hint: '以逗号分隔的密钥列表；不需要密钥就去掉这一项',
  },
  'auth.keys': {
    doc: '带名字的客户端密钥，写成对象列表：`name`，加上 `key` 或 `sha256`（密钥的哈希，十六进制），需要时再加 `limits`（`requestsPerMinute`、`maxParallel`、`tokensPerDay`）、`models`（允许使用的模型，`*` 代表任意字符）、`endpoints`（`chat`、`responses`、`completions`、`embeddings`）、`quota`（`tokens`，以及 `period`：`none`、`day`、`month`）、`subnets`、`pin`（可以指定渠道）和 `disabled`。日志里只有名字，没有密钥。',
    hint: '形如 [{"name": "alice", "key": "…", "limits": {"requestsPerMinute": 60}}] 的列表',
  },
  'auth.adminToken': {
    doc: '`/internal` 下各接口的令牌，发送方式与客户端密钥相同。设置后，客户端密钥不能再访问这些接口。',
    defaultDoc: '任一客户端密钥都可以访问；没有密钥则关闭',
  },
  'auth.metricsToken': {
    doc: '`/metrics` 的令牌；管理令牌也可以访问。设置后，客户端密钥不能再访问。',
    defaultDoc: '任一客户端密钥都可以访问；没有密钥则关闭',
  },
  'auth.metricsPublic': { doc: '`/metrics` 是否对所有人开放。' },
  'admission.maxBodyMemoryBytes': {
    doc: '所有未完成请求的正文解压后总共可占用的字节数，超出则返回 429。不会小于 `server.maxBodyBytes`。',
  },
  'admission.maxInFlight': { doc: '同时处理的生成请求数，超出的排队等待，各密钥轮流。0 或负数表示不限。' },
  'admission.maxEmbeddings': {
    doc: '同时处理的向量（embeddings）请求数，不占用 `admission.maxInFlight`。0 或负数表示不限。',
  },
  'admission.maxQueued': { doc: '最多有多少请求同时排队，超出则返回 429。' },
  'admission.queueTimeoutMs': { doc: '请求最多排队多久，超时返回 429。0 表示不排队。' },
  'lingma.transport': {
    doc: '如何连接灵码。`pipe` 在 Windows 上是命名管道，在其他系统上是 unix socket；`stdio` 是网关所启动程序的标准输入输出（`lingma.agent`、`lingma.command`）。',
  },
  'lingma.wsUrl': {
    doc: '正在运行的灵码的 WebSocket 地址，例如 `ws://127.0.0.1:36510/`。设置后不再自动查找。',
    hint: '形如 ws://127.0.0.1:36510/ 的地址',
  },
  'lingma.socketPort': {
    doc: '本机上正在运行的灵码的 WebSocket 端口，等同于 `ws://127.0.0.1:<port>/`。若由网关自行启动唯一的进程，则为该进程应使用的端口（空闲时）。0 表示没有。',
    defaultDoc: '无；由网关启动的进程为 36510',
  },
  'lingma.pipe': { doc: '正在运行的灵码的命名管道（Windows）或 unix socket。设置后不再自动查找。' },
  'lingma.socket': { doc: '正在运行的灵码的 unix socket。设置后不再自动查找。' },
  'lingma.infoFile': {
    doc: '灵码的 `.info.json`（或 `.info`）文件，其中写有它的地址；也可以是该文件所在的目录。最先查找这里。',
  },
  'lingma.workDir': {
    doc: '灵码的工作目录，即 `.info.json` 和 `cache` 所在的目录。最先查找这里。若由网关自行启动唯一的进程，则为该进程的运行目录。',
    defaultDoc: '查找各个已知位置；由网关启动的进程在 `lingma.dataDir` 下有自己的目录',
  },
  'lingma.bin': { doc: '灵码的可执行文件。设置后由网关自行启动灵码，此时不能再设置地址。' },
  'lingma.args': { doc: '网关启动进程时附加的参数：JSON 列表，或以空白分隔的词。' },
  'lingma.endpoint': {
    doc: '让进程使用哪个服务（`--endpoint`）。',
    defaultDoc: '灵码自己的服务',
    hint: '形如 https://lingma.example.com 的地址',
  },
  'lingma.dataDir': {
    doc: '网关存放其全部数据的目录：下载的灵码，以及未设置 `lingma.workDir` 时所启动进程的工作目录。',
  },
  'lingma.poolDir': {
    doc: '有多个进程时，存放各自工作目录 `inst-0`、`inst-1` …… 的目录。',
    defaultDoc: '工作目录为 `vscode/sharedClientCache` 时取其旁边的 `pool`，否则取工作目录内的 `pool`',
  },
  'lingma.accounts': {
    doc: '账号，每个账号一个进程：以逗号或换行分隔的 `user:password`，或由对象组成的 JSON 列表，成员有 `username`、`password`、`sessionBundle`、`sessionBundleFile`、`personalToken`、`userId`、`accessKey`、`secretKey`、`orgId`、`name`、`weight`、`workDir`、`dedicatedDomainUrl`，已在运行的灵码则写 `url`。机密可以放在文件里：`passwordFile`。',
    hint: 'user:password,user:password，或由账号组成的 JSON 列表',
  },
  'lingma.username': { doc: '没有账号列表时，唯一账号的用户名。' },
  'lingma.password': { doc: '该账号的密码。' },
  'lingma.sessionBundle': {
    doc: '先前导出的登录信息（文本）。仅凭它即可作为一个账号；优先于 `lingma.sessionBundleFile`。',
  },
  'lingma.sessionBundleFile': { doc: '存有先前导出的登录信息的文件。' },
  'lingma.sessionBundleForce': {
    doc: '即使已经登录，也使用会话包。原来的登录保存在工作目录的 `cache/.before-bundle-…` 中。',
  },
  'lingma.personalToken': { doc: '唯一账号的个人令牌；需要同时设置 `lingma.userId`。' },
  'lingma.userId': { doc: '与 `lingma.personalToken` 对应的用户 id。' },
  'lingma.accessKey': { doc: '唯一账号的访问密钥 id；需要同时设置 `lingma.secretKey`。' },
  'lingma.secretKey': { doc: '与 `lingma.accessKey` 配套的密钥。' },
  'lingma.orgId': { doc: '唯一账号属于多个组织时，登录到哪个组织。', defaultDoc: '个人账号' },
  'lingma.instanceCount': {
    doc: '要启动的灵码进程数。多于账号数时，账号按顺序重复使用。',
    defaultDoc: '账号的数量，至少为 1',
    hint: '1 到 256 之间的整数',
  },
  'lingma.instances': {
    doc: '已在运行并加入池中的灵码：由对象组成的 JSON 列表，每个对象写 `wsUrl`、`pipe`、`infoFile` 之一，还可写 `name` 和 `weight`。网关从不启动或停止它们。',
    hint: '形如 [{"wsUrl":"ws://127.0.0.1:36510/","weight":2}] 的 JSON 列表',
  },
  'lingma.agent': {
    doc: '启动哪个智能体来代替灵码回答：厂商自己的命令行（`qoderclicn`、`qodercli`），或其他支持 Agent Client Protocol 的智能体。在 `node_modules` 或 `PATH` 中查找。',
  },
  'lingma.command': {
    doc: '通过标准输入输出支持 Agent Client Protocol 的智能体程序：名字或路径，参数写在 `lingma.args`；与 `lingma.agent` 一起使用时，代替该智能体自己的程序。',
  },
  'lingma.env': {
    doc: '给智能体的环境变量，例如它自己的密钥：JSON 对象。它得到的是去掉一切机密后的网关环境。',
    hint: '形如 {"OPENAI_API_KEY":"…"} 的 JSON 对象',
  },
  'lingma.agentHome': {
    doc: '智能体的主目录。`own`：位于 `lingma.dataDir` 中，只链接你自己工具的登录信息；`user`：使用你的主目录，连同其中的全部设置，包括放行操作的设置。',
  },
  'lingma.agentProcesses': {
    doc: '智能体同时运行的进程数；每个进程承载多个会话。这些进程都忙时才再启动。',
  },
  'lingma.framing': {
    doc: '如何区分消息：每条消息前有 `Content-Length` 头，或每行一条（WebSocket 上为每帧一条）。`auto` 在智能体的标准输入输出上为 `ndjson`，其他情况为 `content-length`。',
  },
  'lingma.dedicatedDomainUrl': {
    doc: '登录所用的企业专属服务。每个账号也可以各自指定。',
    hint: 'https 地址，例如 https://lingma.example.com',
  },
  'lingma.dialect': { doc: '用两种对话方言中的哪一种与灵码通信。`auto` 先尝试 ACP，不行再用 LSP chat。' },
  'lingma.mode': {
    doc: '请求没有指明模式时，灵码以哪种模式处理。模型名 `agent` 和 `lingma-agent` 表示 `agent`。',
  },
  'lingma.sessionMode': {
    doc: '`auto` 在已知对话的会话里继续，其余情况新建会话；`reuse` 每个模型和模式保留一个会话；`fresh` 为每个请求新建会话，结束后删除。',
  },
  'lingma.spareSessions': {
    doc: '短请求一个接一个快速到来时（每条连接每秒两个左右），趁当前请求在处理，为后面的请求预先建好会话：每条连接至多两个，半秒内没有请求取用就删除。只用于 ACP，从不用于标准智能体。',
  },
  'lingma.cwd': {
    doc: '让灵码在哪个目录下工作，该目录必须存在。',
    defaultDoc: '启动网关时所在的目录；由网关启动的智能体则为一个空目录',
  },
  'lingma.nativeTools': {
    doc: '如何处理灵码自带的工具。`report`：一律拒绝，但把灵码想做的操作写进思考内容。`run`：灵码可以读写、删除工作目录下的文件，并以你的权限执行命令。只能在本机回环地址上使用；每次调用都会在日志中留下一行。',
  },
  'lingma.currentFilePath': { doc: '告诉灵码编辑器里打开的是哪个文件。' },
  'lingma.shellType': {
    doc: '告诉灵码命令在哪种 shell 里执行，例如 `bash` 或 `powershell`。',
    defaultDoc: '取 `$SHELL` 的文件名；没有则用操作系统常用的 shell',
  },
  'lingma.maxConnections': {
    doc: '同时与灵码保持的连接数；连接按需建立，空闲后关闭。`0` 表示不限。',
  },
  'lingma.turnsPerConnection': {
    doc: '一条灵码连接同时承载的回答数。回答很多时，调大可节省连接和时间；仅适用于确知能在同一连接上并行对话的灵码。此时慢客户端未读取的内容留在内存中，每个回答最多 32 MiB。',
  },
  'lingma.startupTimeoutMs': {
    doc: '查找灵码、建立连接并完成握手的时限；由网关启动灵码时，为其就绪的时限。',
    defaultDoc: '由网关启动灵码时为 40000',
  },
  'lingma.rpcTimeoutMs': { doc: '灵码为回答做准备（方言、模型、会话）的时限。0 表示不限。' },
  'lingma.firstEventTimeoutMs': { doc: '灵码开始回答的时限。0 表示不限。' },
  'lingma.idleTimeoutMs': { doc: '回答途中灵码最多可以沉默多久。客户端读得慢时不计时。0 表示不限。' },
  'lingma.totalTimeoutMs': {
    doc: '一次回答的总时限。0 表示不限。',
    hint: '秒数，或 90s、5m 这样的时长；0 表示不限',
  },
  'bootstrap.source': {
    doc: '没有灵码时从哪里获取：`marketplace` 查询 VS Code 扩展商店，失败时改用 `bootstrap.vsixUrl`；`vsix` 只用该地址；`file` 使用 `bootstrap.file`；`none` 不获取。',
    defaultDoc: '设置了 `bootstrap.file` 时为 `file`，否则为 `marketplace`',
  },
  'bootstrap.publisher': { doc: '扩展在商店中的发布者。' },
  'bootstrap.extension': { doc: '扩展在商店中的名字。' },
  'bootstrap.marketplaceUrl': {
    doc: '扩展商店的地址：可以是自建的、应答方式与 VS Code 商店相同的商店。`http` 只能用于本机。',
    hint: '形如 https://marketplace.visualstudio.com 的地址',
  },
  'bootstrap.vsixUrl': {
    doc: '扩展文件（VSIX）本身或其镜像的地址。`http` 只能用于本机。',
    hint: '形如 https://mirror.example.com/tongyi-lingma.vsix 的地址',
  },
  'bootstrap.file': { doc: '先前下载的 VSIX，或 JetBrains 插件的 ZIP。' },
  'bootstrap.version': { doc: '要使用的扩展版本，不设时为最新版。', hint: '形如 2.6.10 的版本号' },
  'bootstrap.sha256': {
    doc: '下载文件应有的 SHA-256，不符则拒绝。商店不提供校验值。',
    hint: '64 位十六进制数字，即 sha256sum 的输出',
  },
  'bootstrap.always': { doc: '每次启动都查找新版本。否则只要已有灵码，就不联网获取。' },
  'bootstrap.forceRefresh': { doc: '每次启动都重新下载并解包，不管已有什么。' },
  'bootstrap.allowHosts': {
    doc: '还允许从哪些主机下载，私有网络中的主机也可以；`*.example.com` 表示其下所有名字。',
  },
  'bootstrap.proxy': {
    doc: '下载所用的 HTTP 代理。',
    defaultDoc: '环境变量 `HTTPS_PROXY` 和 `HTTP_PROXY`，`NO_PROXY` 除外',
    hint: '形如 http://proxy.example.com:3128 的地址',
  },
  'bootstrap.discover': { doc: '本机上有 IDE 安装的灵码时直接启动它，而不下载。' },
  'bootstrap.keep': { doc: '保留多少个已下载的版本。' },
  'models.defaultModel': {
    doc: '请求没有指定模型，或灵码没有该模型时使用的模型。可写 id 或显示名，不分大小写。',
    defaultDoc: '灵码自己的默认模型',
  },
  'models.aliases': {
    doc: '额外的模型名，以及它们各自代表的模型。',
    hint: '形如 gpt-4o=qwen3-coder 的键值对，以逗号分隔',
  },
  'models.unknown': {
    doc: '请求的模型谁都没有时怎么办。`fallback`：由灵码的默认模型回答；`error`：返回 404。',
    defaultDoc: '`fallback`；设置了灵码以外的渠道时为 `error`',
  },
  'channels.list': {
    doc: '灵码以外、使用 OpenAI 协议的上游，写成对象列表：`name`、`baseUrl`、`apiKey`（或 `apiKeyFile`、`apiKeys`）、`models`（模型名，`*` 代表任意字符；或 `auto`，即上游列出的全部模型），以及可选的 `modelMapping`、`priority`、`weight`、`enabled`、`endpoints`、`headers`、`systemPrompt`、`timeouts`、`maxInFlight`、`proxy`、`tags`。在配置文件里，`channels` 本身也可以直接是这个列表。见 [channels.md](channels.md)。',
    hint: '形如 [{"name": "main", "baseUrl": "https://api.example.com/v1", "apiKey": "…", "models": ["qwen*"]}] 的列表',
  },
  'channels.upstreamUrl': {
    doc: '一个使用 OpenAI 协议的上游的基础地址：添加渠道最简单的办法，该渠道名为 `upstream`。',
    hint: '形如 https://api.example.com/v1 的地址',
  },
  'channels.upstreamKey': { doc: '访问该上游所用的密钥。' },
  'channels.upstreamModels': {
    doc: '向该上游请求哪些模型，`*` 代表任意字符。',
    defaultDoc: '上游列出的全部模型',
  },
  'channels.maxAttempts': { doc: '一个请求在开始得到回答之前最多尝试几次，每次换一个渠道或换一个密钥。' },
  'channels.tellChannel': { doc: '响应的 `x-lingma-channel` 头是否写明由哪个渠道回答。' },
  'models.listAliases': {
    doc: '是否让 OpenAI 客户端也看到代表默认模型的 `claude-*` 名字。Anthropic 客户端总能看到。',
  },
  'models.tokenCounter': {
    doc: '灵码没有报告用量时，用什么计算 token 数。`estimate`：按字符种类估算，与 OpenAI 的 o200k 大多相差 5% 以内；`vocabulary`：使用 o200k 词表本身，约多占 70 MB 内存，也更慢。',
  },
  'usage.enabled': {
    doc: '是否在 `lingma.dataDir` 中为每个模型请求保留一行用量记录（谁、哪个模型、多少 token；不含内容和地址），并允许在运行时创建密钥。',
    defaultDoc: '设置了 `lingma.dataDir`，或该目录中已创建过密钥时',
  },
  'usage.keepDays': { doc: '用量记录保留多少天。' },
  'login.enabled': { doc: '没有登录时，用账号的令牌或密码自动登录。会话包不受此项影响，总会使用。' },
  'login.headless': { doc: '不显示浏览器窗口。设为 `false` 时显示窗口，由人完成登录页要求的验证。' },
  'login.timeoutMs': { doc: '每次登录尝试最多用多久。' },
  'login.maxAttempts': {
    doc: '每种登录方式最多尝试几次，至少 1 次。密码错误时，无论此项为何都只发送一次。',
    hint: '1 到 10 之间的整数',
  },
  'login.browserPath': {
    doc: '登录所用的 Chromium。',
    defaultDoc: '`PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH`，否则使用已安装的 Chrome、Edge 或 Chromium',
  },
  'login.noSandbox': { doc: '启动浏览器时不使用沙箱：供无法使用沙箱的容器。' },
  'login.debugScreenshots': { doc: '每次失败时在工作目录中保存一张登录页的截图，其中的输入框会被遮住。' },
  'login.allowLoopback': { doc: '接受本机上的登录页：供测试。' },
  'sessions.enabled': {
    doc: '会话模式为 `auto` 时，是否在已知对话的灵码会话里继续。关闭后等同于 `fresh`。',
  },
  'sessions.maxEntries': { doc: '保留多少个对话的会话；最久未用的先删除。0 表示不保留。' },
  'sessions.ttlMs': { doc: '会话最后一次使用后保留多久。0 表示不限。' },
  'streaming.keepAliveMs': { doc: '流沉默多久后发送一次保活。' },
  'debug.requests': {
    doc: '`/internal/debug/requests` 保留最近多少个请求：时间、类别、耗时和结果。最多 200 个，总共不超过 4 MiB。0 表示不保留。',
  },
  'debug.bodies': {
    doc: '允许日志记录外部内容，例如灵码对失败原因的原话，其中可能引用提示词。不开启时只记录其长度和代码。开启后 `/internal/debug/requests` 还会显示请求与回答的内容（去除密钥并截短）。',
  },
  'streaming.commitAfterMs': {
    doc: '流等待第一个事件多久后先返回 200。在此之前的失败各有自己的状态码。',
  },
  'toolForwarding.enabled': {
    doc: '在灵码的方言支持时，是否把调用方的工具也交给灵码本身（智能体模式，使用 `tool_config`）。',
  },
  'toolForwarding.onMissedCall': {
    doc: '要求调用工具而模型两次都没有调用时，客户端得到什么：错误（502），或模型写下的文本。',
  },
  'toolForwarding.allowlist': { doc: '可以提供给模型的工具；为空表示全部。强制调用其他工具返回 400。' },
  'images.remoteFetch': { doc: '是否下载以 http(s) 地址给出的图片。私有地址和本机地址一律拒绝。' },
  'images.localFiles': { doc: '是否从本机磁盘读取以路径或 `file:` 地址给出的图片。' },
  'images.onUnsupported': {
    doc: '模型看不了图片或图片无法取得时：以 `[image]` 代替并告警，或返回 400。',
  },
  'images.maxBytes': { doc: '单张图片的最大字节数。' },
  'images.fetchTimeoutMs': { doc: '下载一张图片的时限。' },
};
