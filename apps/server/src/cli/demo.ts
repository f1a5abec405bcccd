import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { acting, type Cli, leaf } from './cli.ts'
import type { Outcome } from './output.ts'
import { refuse } from './refusal.ts'

export function demoCommand(program: Command, cli: Cli): void {
  leaf(program, 'demo', 'play the story of one booking against invented vendors, and end')
    .option('--again', 'forget the demo that was played before and begin anew; real tenants are not touched')
    .action(acting(cli, (options: { readonly again?: true; readonly json?: true }) => playDemo(options)))
}

/** The demo is a program of its own: nothing of its invented vendors is loaded into a command for real houses. */
async function playDemo({ again, json }: { readonly again?: true; readonly json?: true }): Promise<Outcome> {
  const script = fileURLToPath(new URL('../demo/main.ts', import.meta.url))
  if (!existsSync(script)) throw refuse('This installation has no demo.', 'Fetch it whole, as the README says.')
  const flags = [...(again ? ['--again'] : []), ...(json ? ['--json'] : [])]
  const child = spawn(process.execPath, [...process.execArgv, script, ...flags], { stdio: 'inherit' })
  const code = await new Promise<number>((done, fail) => {
    child.once('error', fail)
    child.once('exit', (exit) => done(exit ?? 1))
  })
  return { ok: code === 0, demo: { exitCode: code } }
}
