import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

/** The machine's own npm on the machine's own Node, as users have them; and nothing of what a test run leaves behind. */
export function userEnv(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_COMPILE_CACHE: _cache, VITEST: _vitest, NODE_ENV: _env, ...env } = process.env
  const bin = join(root, 'node_modules/.bin')
  const path = (env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.startsWith(bin))
  return { ...env, PATH: path.join(delimiter), NO_COLOR: '1' }
}

/** Runs a program to its end. What it printed, and a failure that shows it. */
export function run(program: string, args: readonly string[], cwd: string, env = userEnv()): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status === 0) return stdout
  const why = error?.message ?? `it ended with ${status ?? 'a signal'}`
  throw new Error(`${[program, ...args].join(' ')}: ${why}\n${stdout}\n${stderr}`)
}

/** Builds every published package and packs it as it would be published. By name: the path of its tarball. */
export function packAll(into: string): Readonly<Record<string, string>> {
  run('node', ['bootstrap.mjs', 'build'], root)
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { packageManager: string } // ours
  const packed = run(
    'npx',
    ['--yes', packageManager, '--recursive', '--filter', './packages/**', 'pack', '--json', '--pack-destination', into],
    root,
  )
  const tarballs = JSON.parse(packed) as readonly { name: string; filename: string }[] // what pnpm documents
  return Object.fromEntries(tarballs.map(({ name, filename }) => [name, filename]))
}

/** Installs tarballs and packages of the registry into a folder, as somebody would who never saw this repository. */
export function install(folder: string, ...wanted: readonly string[]): void {
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...wanted], folder)
}
