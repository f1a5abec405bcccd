import { plus } from '../domain/instant.ts'
import { limits } from '../domain/limits.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { Account } from '../ports/call.ts'
import type { Alert, Effects } from '../ports/stores.ts'
import type { Look } from '../ports/work-queue.ts'
import type { Engine } from './engine.ts'
import { jittered } from './import-bookings.ts'
import { connectionAlert } from './trouble.ts'

/** Tests one connection's credentials, and writes down how that went. */
export async function probe(engine: Engine, look: Look): Promise<void> {
  const { store, clock } = engine
  const connectionId = look.key
  const port = await engine.providers.portOf(connectionId)
  if (port === undefined) return
  const source = await store.loadSource(connectionId)
  const tested = await testOf(engine, look, port, source?.account)
  const now = clock.now()
  // Raised again by the next delivery that is about an account without a connection.
  const strangers = tested.ok ? [`connection:${connectionId}:stranger`] : []
  const subjects = [
    `connection:${connectionId}`,
    warningSubject(connectionId),
    accountSubject(connectionId),
    ...strangers,
  ]
  const effects: Effects = {
    now,
    timers: [
      { kind: 'probe', key: connectionId, at: plus(now, jittered(engine, source?.policy.probe ?? limits.probe)) },
    ],
    raise: tested.alert ? [tested.alert] : [],
    settle: subjects.flatMap((subject) => (subject === tested.alert?.subject ? [] : [{ kind: 'connection', subject }])),
  }
  await store.saveConnection(
    look,
    { connectionId, ok: tested.ok, note: tested.note, ...(tested.account ? { account: tested.account.id } : {}) },
    effects,
  )
}

/** Apart from failures, which any good look settles: an account may work and still have something to say. */
const warningSubject = (connectionId: string) => `connection:${connectionId}:warning`

/** Apart from failures: polls of the wrong account go well, and settle those. */
const accountSubject = (connectionId: string) => `connection:${connectionId}:account`

interface Tested {
  readonly ok: boolean
  readonly note: string
  readonly account?: Account
  readonly alert?: Alert
}

async function testOf(
  { providers }: Engine,
  look: Look,
  port: 'booking' | 'lock' | 'intercom' | 'notifier',
  known: string | undefined,
): Promise<Tested> {
  const connectionId = look.key
  try {
    const { provider } = await (port === 'booking'
      ? providers.booking(connectionId)
      : port === 'notifier'
        ? providers.notifier(connectionId)
        : providers.keypad(connectionId))
    const account = await provider.readAccount(look)
    if (known !== undefined && known !== account.id) return { ok: false, ...anotherAccount(connectionId) }
    const { warning, unfit } = account
    const say = (text: string, remedy: string): Alert => ({
      kind: 'connection',
      subject: warningSubject(connectionId),
      text,
      remedy,
      loud: 'warn',
    })
    if (unfit !== undefined)
      return { ok: false, note: unfit, account, alert: say(unfit, 'Put it right, then test the connection again.') }
    const alert = warning === undefined ? undefined : say(warning, 'See to it before it stops working.')
    return { ok: true, note: account.note ?? 'The credentials work.', account, ...(alert ? { alert } : {}) }
  } catch (error) {
    if (!AdapterError.is(error)) throw error
    return { ok: false, note: `${error.message} ${error.remedy}`, alert: connectionAlert(connectionId, error) }
  }
}

/** The credentials work, and open somebody else's account: whatever is listed there proves nothing of our stays. */
function anotherAccount(connectionId: string): Pick<Tested, 'note' | 'alert'> {
  const text = 'The credentials open another account than the one this connection was set up with.'
  const remedy = 'Enter the credentials of the first account again, or set up a new connection for this one.'
  return {
    note: `${text} ${remedy}`,
    alert: { kind: 'connection', subject: accountSubject(connectionId), text, remedy, loud: 'page' },
  }
}
