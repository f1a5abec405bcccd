// Runs a command of this repository on a machine that has only Node 20 and npm: installs the pinned tools when something
// that decides the tree has changed, then runs the command on the pinned Node. Plain JavaScript, because it runs first.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('.', import.meta.url))
const shell = process.platform === 'win32'
const bin = join(root, 'node_modules/.bin')
const env = {
  ...process.env,
  PATH: bin + delimiter + process.env.PATH,
  // Types are stripped and files compiled once, not at every start: a third of the time until the hub listens.
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules/.cache/compiled'),
}

const source = ['node', '--conditions=@stayward/source', '--disable-warning=ExperimentalWarning']
const checks = [
  ['tsc', '-p', '.'],
  ['oxlint', '--type-aware', '--quiet'],
  ['biome', 'format', '.'],
]
/** Each command is a list of steps; arguments of the caller go to the last one. */
const commands = {
  start: [[...source, 'apps/server/src/main.ts']],
  demo: [[...source, 'apps/server/src/demo/main.ts']],
  stayward: [[...source, 'apps/server/src/cli/main.ts']],
  bench: [[...source, 'apps/server/bench/main.ts']],
  torture: [[...source, 'apps/server/torture/main.ts']],
  check: checks,
  test: [...checks, ['vitest', 'run']],
  simulate: [[...source, 'apps/server/simulation/main.ts']],
  scenarios: [[...source, 'apps/server/simulation/scenarios.ts']],
  mutants: [[...source, 'test/bug-bank/main.ts']],
  conformance: [[...source, 'test/conformance/main.ts']],
  'check:specs': [[...source, 'test/specs/main.ts']],
  format: [['biome', 'format', '--write', '.']],
  build: [
    ['node', 'test/published/clear-built.ts'],
    ['tsc', '-b', 'tsconfig.build.json'],
  ],
}

function install() {
  const deciding = ['pnpm-lock.yaml', 'package.json', 'pnpm-workspace.yaml']
  const stamp = createHash('sha256')
    .update(deciding.map((file) => readFileSync(join(root, file))).join('\0') + process.platform + process.arch)
    .digest('hex')
  const stampFile = join(root, 'node_modules/.bootstrap-stamp')
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  process.stderr.write('Installing what Stayward needs (once; about half a minute) …\n')
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  // The machine's own npm, on the machine's own Node: npm finds its global settings (a proxy, a certificate) beside Node,
  // and on the pinned Node of an earlier installation it would find none.
  const ownPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== bin)
  // Progress goes to stderr, so that a command's --json output stays clean.
  const run = spawnSync('npx', ['--yes', packageManager, 'install', '--frozen-lockfile'], {
    stdio: ['ignore', 2, 2],
    cwd: root,
    env: { ...process.env, PATH: ownPath.join(delimiter) },
    shell,
  })
  if (run.status !== 0) {
    process.stderr.write(
      `The installation failed (${run.error?.message ?? `exit code ${run.status}`}). Is npm on the PATH and the registry reachable?\n`,
    )
    process.exit(run.status ?? 1)
  }
  writeFileSync(stampFile, stamp)
}

/** Runs one step in the foreground, hands signals on, and resolves to its exit code. */
function runStep([program, ...args]) {
  const child = spawn(join(bin, program), args, { stdio: 'inherit', cwd: root, env, shell })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  // A terminal sends Ctrl-C to everything that runs in it; handed on as well, it would look like a second, impatient one.
  const handOn = (signal) => (signal === 'SIGINT' && process.stdin.isTTY ? () => undefined : () => child.kill(signal))
  const forward = Object.fromEntries(signals.map((signal) => [signal, handOn(signal)]))
  for (const signal of signals) process.on(signal, forward[signal])
  // npm hands a signal to the shell it started, and that shell ends without a word to us: then we are somebody else's child.
  const parent = process.ppid
  const orphaned = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(orphaned)
    child.kill('SIGTERM')
  }, 500)
  return new Promise((done) => {
    child.once('error', (error) => {
      process.stderr.write(`${program} did not start: ${error.message}\n`)
      done(1)
    })
    child.once('exit', (code, signal) => {
      clearInterval(orphaned)
      for (const name of signals) process.off(name, forward[name])
      done(code ?? 128 + constants.signals[signal])
    })
  })
}

const [asked, ...rest] = process.argv.slice(2)
const part = asked === 'simulate' && ['mutants', 'scenarios'].find((one) => rest.includes(`--${one}`))
const name = part || asked
const steps = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined
if (!steps) {
  process.stderr.write(`Unknown command: ${name ?? '(none)'}. There are: ${Object.keys(commands).join(', ')}.\n`)
  process.exit(2)
}
install()
for (const [index, step] of steps.entries()) {
  const last = index === steps.length - 1
  if (steps.length > 1) process.stderr.write(`▸ ${step.join(' ')}\n`)
  const code = await runStep(last ? [...step, ...rest] : step)
  if (code !== 0) process.exit(code)
}
