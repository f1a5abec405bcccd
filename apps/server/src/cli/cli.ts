import type { Command } from 'commander'
import type { Io } from './io.ts'
import { createOutput, type Outcome, type Output } from './output.ts'
import { Refusal, refusalOf, type Problem } from './refusal.ts'
import { openSession, type Session, settingsOf } from './session.ts'

/** What the commands share while one of them runs. */
export interface Cli {
  readonly io: Io
  readonly out: Output
  /** Runs `work` on the opened database, and closes it whatever happens. */
  withSession(work: (session: Session) => Promise<Outcome>): Promise<Outcome>
  /** 0 until a command has run. */
  exitCode: number
}

export function createCli(io: Io, json: boolean): Cli {
  const out = createOutput(io, json)
  return {
    io,
    out,
    exitCode: 0,
    withSession: async (work) => {
      const session = await openSession(settingsOf(io.env))
      try {
        return await work(session)
      } finally {
        await session.close()
      }
    },
  }
}

/** A command that does something. Every one of them takes --json. */
export function leaf(parent: Command, usage: string, summary: string): Command {
  return parent
    .command(usage)
    .description(summary)
    .option('--json', 'one JSON object per line, the last one being the result')
    .allowExcessArguments(false)
}

/** A command that only holds others. */
export function family(parent: Command, name: string, summary: string): Command {
  return parent.command(name).description(summary).helpCommand(false)
}

/** Runs an action, prints what it ends with, and keeps its exit code. */
export function acting<Arguments extends unknown[]>(
  cli: Cli,
  action: (...given: Arguments) => Promise<Outcome>,
): (...given: Arguments) => Promise<void> {
  return async (...given) => {
    try {
      cli.exitCode = cli.out.finish(await action(...given))
    } catch (error) {
      cli.exitCode = cli.out.fail(refusalOf(error))
    }
  }
}

/** For options that may be given several times. */
export function several(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

/** Throws all of them at once; nothing when there are none. */
export function refuseAll(problems: readonly Problem[], exitCode: 1 | 2 = 1): void {
  if (problems.length > 0) throw new Refusal(problems, exitCode)
}

export const tenantOption = [
  '--tenant <name>',
  'whose house this is about; may be left out when there is only one tenant',
] as const
