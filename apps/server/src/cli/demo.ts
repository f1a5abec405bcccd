import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { acting, type Cli, leaf } from './cli.ts'
import type { Outcome } from './output.ts'
import { refuse } from './refusal.ts'

export function demoCommand(program: Command, cli: Cli): void {
  leaf(program, 'demo', 'play the stories of three houses against invented vendors, in a place of its own, and end')
    .option('--again', 'instead: forget the demo that "npm start" has played, so that its next start plays it anew')
    .action(acting(cli, (options: { readonly again?: true; readonly json?: true }) => demo(cli, options)))
}

/** The demo is a program of its own: nothing of its invented vendors is loaded into a command for real houses. */
async function demo({ out }: Cli, { again, json }: { readonly again?: true; readonly json?: true }): Promise<Outcome> {
  const script = fileURLToPath(new URL(again ? '../demo/rebuild.ts' : '../demo/main.ts', import.meta.url))
  if (!existsSync(script)) throw refuse('This installation has no demo.', 'Fetch it whole, as the README says.')
  const child = spawn(process.execPath, [...process.execArgv, script, ...(json ? ['--json'] : [])], {
    stdio: 'inherit',
  })
  const exitCode = await new Promise<number>((done, fail) => {
    child.once('error', fail)
    child.once('exit', (code) => done(code ?? 1))
  })
  if (again && exitCode === 0) out.say('The demo is as new. See it played: npm start')
  return { ok: exitCode === 0, exitCode }
}
