import { Command, CommanderError } from 'commander'
import { alertCommands } from './alerts.ts'
import { arrivalCommands } from './arrivals.ts'
import { applyCommand } from './apply.ts'
import { brakeCommands } from './brake.ts'
import { type Cli, createCli } from './cli.ts'
import { codeCommands } from './code.ts'
import { connectionCommands } from './connection.ts'
import { demoCommand } from './demo.ts'
import { doctorCommand } from './doctor.ts'
import { doorCommands } from './door.ts'
import { hubCommands } from './hub.ts'
import type { Io } from './io.ts'
import { keyCommands } from './key.ts'
import { messageCommands } from './message.ts'
import { propertyCommands } from './property.ts'
import { wrongUsage } from './refusal.ts'
import { restoreCommands } from './restore.ts'
import { syncCommands } from './sync.ts'
import { tenantCommands } from './tenant.ts'
import { unitCommands } from './unit.ts'
import { webhookCommands } from './webhooks.ts'

const about = `Stayward gets every guest through every door. This is its command line: set a house up, and see that it is well.

"stayward" in all texts stands for: npm run --silent stayward --
A house from nothing to its first guest: docs/going-live.md`

const after = `
Exit codes: 0 done, 1 refused or failed (the text says why), 2 the command was not written as it has to be.
Any command says more with --help, for example: stayward door add --help`

/** Runs one command line. Resolves to the exit code; prints what there is to say and never throws. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const json = argv.includes('--json')
  const cli = createCli(io, json)
  const program = createProgram(cli)
  try {
    await program.parseAsync(argv, { from: 'user' })
    return cli.exitCode
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return 0 // help was asked for and shown
    // A family without a command shows its help; everything else is one sentence.
    const sentence = error.code === 'commander.help' ? 'Which command?' : tidy(error.message)
    return cli.out.fail(wrongUsage(sentence, 'See how it is written with --help.'))
  }
}

export function createProgram(cli: Cli): Command {
  const program = new Command('stayward')
    .description(about)
    .addHelpText('after', after)
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.io.out(text.replace(/\n$/, '')),
      // Errors are printed once, by `run`; the help that an incomplete command shows goes to people only.
      writeErr: (text) => {
        if (!text.startsWith('error:')) cli.out.say(text.replace(/\n$/, ''))
      },
    })
  const families = [
    hubCommands,
    demoCommand,
    tenantCommands,
    connectionCommands,
    propertyCommands,
    doorCommands,
    unitCommands,
    applyCommand,
    keyCommands,
    doctorCommand,
    arrivalCommands,
    syncCommands,
    alertCommands,
    brakeCommands,
    codeCommands,
    webhookCommands,
    messageCommands,
    restoreCommands,
  ]
  for (const add of families) add(program, cli)
  return program
}

function tidy(message: string): string {
  const text = message.replace(/^error: /, '').replace(/\n/g, ' ')
  const sentence = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.?!)]$/.test(sentence) ? sentence : `${sentence}.`
}
