import { isRestoring } from '../domain/lost-time.ts'
import type { Opened, Providers } from '../ports/providers.ts'
import { LeaseLost } from '../ports/stores.ts'
import type { Look } from '../ports/work-queue.ts'
import type { Engine } from './engine.ts'

/**
 * The same providers, none of whose calls starts once `signal` is aborted: another process may have the key by then (E1).
 * Asked before every call and not only inside a request, because a process that was frozen wakes up between two. Nor does
 * one start that changes something at a vendor, while the store has forgotten what was done before (R1); planners hold it
 * back with a reason, and this is for the look that was under way when the store was set back. The operator is always called.
 */
export function whileOurs({ providers, lostTime, clock }: Engine, { signal, kind }: Look): Providers {
  const mayStart = (name: string): void => {
    signal.throwIfAborted()
    if (kind !== 'alarms' && changing.has(name) && isRestoring(lostTime?.()))
      throw new LeaseLost(
        'The database was set back while this look was under way; nothing leaves before a person has confirmed.',
      )
    if (kind !== 'alarms' && taking.has(name) && clock.doubt?.())
      throw new LeaseLost('A clock was found wrong while this look was under way; nothing is taken or told by it.')
  }
  return {
    portOf: (id) => providers.portOf(id),
    booking: async (id) => guarded(await providers.booking(id), mayStart),
    keypad: async (id) => guarded(await providers.keypad(id), mayStart),
    notifier: async (id) => guarded(await providers.notifier(id), mayStart),
  }
}

/** Every operation of a port that leaves something behind at a vendor. */
const changing: ReadonlySet<string> = new Set([
  'writeCode',
  'removeCode',
  'writeEntry',
  'writeBack',
  'send',
  'messageGuest',
  'open',
  'openDoor',
])

/** What takes something from a guest, or tells them; by a clock that cannot be relied on it is not begun (T5). */
const taking: ReadonlySet<string> = new Set(['removeCode', 'send', 'messageGuest'])

function guarded<Some extends Opened<'booking' | 'lock' | 'intercom' | 'notifier'>>(
  opened: Some,
  mayStart: (name: string) => void,
): Some {
  const provider: object = opened.provider
  const guard = new Proxy(provider, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        mayStart(String(name))
        return Reflect.apply(value, target, args)
      }
    },
  })
  return { ...opened, provider: guard as typeof opened.provider } // answers to the same names
}
