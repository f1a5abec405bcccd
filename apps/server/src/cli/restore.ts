import { limits } from '@stayward/core'
import type { Command } from 'commander'
import type { Noticed } from '../persistence/memory/judge-memory.ts'
import { createRestoreDesk, type RestoreDesk } from '../persistence/memory/restore-desk.ts'
import type { FoundLine, RestoreFindings } from '../persistence/memory/restore-findings.ts'
import { acting, type Cli, family, leaf } from './cli.ts'
import { clockTime, type Outcome, type Output } from './output.ts'
import { refuse } from './refusal.ts'
import type { Session } from './session.ts'

export function restoreCommands(program: Command, cli: Cli): void {
  const restore = family(program, 'restore', 'a database that was set back: what it has forgotten, and going on')
  leaf(restore, 'status', 'whether the database was set back, and what was found since')
    .addHelpText('after', '\nWhat has happened and what to do: docs/backup-and-restore.md')
    .action(acting(cli, () => status(cli)))
  leaf(restore, 'confirm', 'you have seen it: the hub goes on with this database')
    .option('--yes', 'you are sure; without it the command says what it would do, and does nothing')
    .addHelpText(
      'after',
      '\nBefore it: look at "stayward restore status", and see that no other hub works on another copy of this database.',
    )
    .action(acting(cli, ({ yes = false }: { yes?: boolean }) => confirm(cli, yes)))
}

const deskOf = ({ pool, clock, marked }: Session): RestoreDesk => createRestoreDesk({ pool, clock, marked })

async function status({ out, withSession }: Cli): Promise<Outcome> {
  return await withSession(async (session) => {
    const desk = deskOf(session)
    const now = await desk.state()
    if (now.state === 'whole') {
      out.say('The database was never found to be set back.')
      return { state: now.state }
    }
    const { state, at, from, until, cause, confirmedAt } = now
    out.say(
      state === 'restoring'
        ? 'RESTORE MODE: nothing is sent to guests, written to doors or removed from them until you confirm.'
        : `The database was set back, and that was confirmed (${clockTime(confirmedAt ?? at)}). The hub goes on ${limits.readsFirst / 60_000} minutes after that.`,
    )
    out.say(`  noticed         ${clockTime(at)}: ${causes[cause]}`)
    out.say(`  forgotten       ${clockTime(from)} to ${clockTime(until)}`)
    const found = []
    for (const { id, slug } of await session.tenants()) {
      const findings = await desk.findings(id, now)
      found.push({ tenant: slug, ...findings })
      out.say()
      out.say(`Tenant ${slug}`)
      for (const line of linesOf(findings, state === 'restoring')) out.say(line)
    }
    if (state === 'restoring') {
      out.say()
      out.say('Seen, and no other hub works on a copy of this database? stayward restore confirm')
    }
    return { ok: state !== 'restoring', state, cause, noticedAt: at, from, until, found }
  })
}

const causes: Readonly<Record<Noticed['cause'], string>> = {
  behind: 'the database knows less than the hub remembers; it was put back to an older state',
  'older-epoch':
    'it was put back to before an earlier confirmation, or another copy of it was confirmed as the one that counts',
  'file-missing': 'the data directory remembers nothing of this database: a new machine, or a lost directory',
  copied: 'the data directory is a copy, or was put back from a backup',
}

function linesOf(
  { adopted, perhapsTold, waiting, strays, unread }: RestoreFindings,
  restoring: boolean,
): readonly string[] {
  const some = (heading: string, lines: readonly FoundLine[]) =>
    lines.length === 0 ? [] : [`  ${heading}`, ...lines.map(({ ref, text }) => `    ${ref}: ${text}`)]
  const lines = [
    ...some('codes found on doors and kept, with their PINs:', adopted),
    ...some('perhaps told already; ask the guest, or see the channel:', perhapsTold),
    ...(restoring ? some('no code is made before you confirm:', waiting) : []),
    ...strays.map(
      ({ device, codes }) =>
        `  ${device} holds ${codes === 1 ? 'a code' : `${codes} codes`} of the hub that no stay has claimed; ${codes === 1 ? 'it stays' : 'they stay'} there until you delete ${codes === 1 ? 'it' : 'them'} in the lock's app`,
    ),
    ...(unread.length === 0 ? [] : [`  not read since, so what they hold is not known: ${unread.join(', ')}`]),
  ]
  return lines.length === 0 ? ['  nothing of the lost time was found, and everything has been read since'] : lines
}

async function confirm({ out, withSession }: Cli, yes: boolean): Promise<Outcome> {
  return await withSession(async (session) => {
    const desk = deskOf(session)
    const now = await desk.state()
    if (now.state !== 'restoring')
      throw refuse('There is nothing to confirm: the hub is not in restore mode.', 'stayward restore status')
    await tellUnread(session, desk, now, out)
    if (!yes)
      throw refuse(
        'Confirmed, the hub makes codes, removes them and tells guests again, by what this database and the vendors say now. What may have been told in the lost time is not sent by itself. A hub on another copy of this database has to be stopped first.',
        'If that is right: stayward restore confirm --yes',
      )
    if (!(await desk.confirm({ from: now.from, until: now.until, by: 'the command line' })))
      throw refuse(
        'Just now somebody else has confirmed it, or a hub has found that more is forgotten.',
        'stayward restore status',
      )
    out.say(
      `Confirmed. The hub reads booking systems and doors once more; in ${limits.readsFirst / 60_000} minutes it goes on, with every stay and every door.`,
    )
    out.say('Guests who may have been told already wait for you: stayward restore status')
    return { confirmed: true }
  })
}

/** A cancellation that has not been read yet would still get its code. */
async function tellUnread(session: Session, desk: RestoreDesk, noticed: Noticed, out: Output): Promise<void> {
  for (const { id, slug } of await session.tenants()) {
    const { unread } = await desk.findings(id, noticed)
    if (unread.length > 0)
      out.note(`${slug}: not read since the database was set back: ${unread.join(', ')}. Better wait for them.`)
  }
}
