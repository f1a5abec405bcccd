import type { Command } from 'commander'
import { acting, type Cli, family, leaf, tenantOption } from './cli.ts'
import type { Outcome } from './output.ts'
import { refuse } from './refusal.ts'

interface Options {
  readonly tenant?: string
  readonly doubtful?: true
}

export function messageCommands(program: Command, cli: Cli): void {
  const message = family(program, 'message', 'what guests are told')
  leaf(message, 'retry [booking]', "try again what a channel did not take: one booking's (the source's id), or all")
    .option('--doubtful', 'those too of which nobody can say whether they were sent; guests may get them twice')
    .option(...tenantOption)
    .addHelpText('after', '\nFor example after the account of the messages was topped up.')
    .action(acting(cli, (booking: string | undefined, options: Options) => retry(cli, booking, options)))
}

async function retry(
  { out, withSession }: Cli,
  ref: string | undefined,
  { tenant, doubtful = false }: { readonly tenant?: string; readonly doubtful?: boolean },
): Promise<Outcome> {
  return await withSession(async (session) => {
    const { house } = await session.tenant(tenant)
    const retried = await house.retryMessages({ doubtful, ...(ref === undefined ? {} : { ref }) })
    if (ref !== undefined && retried === 0)
      throw refuse(
        `Booking "${ref}" has no message that was refused.`,
        doubtful ? 'Its timeline says what it was told.' : 'One that may or may not have been sent: --doubtful',
      )
    out.say(
      retried === 0
        ? 'No message was refused.'
        : `${retried} ${retried === 1 ? 'message is' : 'messages are'} tried again, as far as there is still something to say.`,
    )
    return { retried }
  })
}
