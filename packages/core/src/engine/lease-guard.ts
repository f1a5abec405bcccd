import type { Opened, Providers } from '../ports/providers.ts'

/**
 * The same providers, none of whose calls starts once `signal` is aborted: another process may have the key by then (E1).
 * Asked before every call and not only inside a request, because a process that was frozen wakes up between two.
 */
export function whileOurs(providers: Providers, signal: AbortSignal): Providers {
  return {
    portOf: (id) => providers.portOf(id),
    booking: async (id) => guarded(await providers.booking(id), signal),
    keypad: async (id) => guarded(await providers.keypad(id), signal),
    notifier: async (id) => guarded(await providers.notifier(id), signal),
  }
}

function guarded<Some extends Opened<'booking' | 'lock' | 'intercom' | 'notifier'>>(
  opened: Some,
  signal: AbortSignal,
): Some {
  const provider: object = opened.provider
  const guard = new Proxy(provider, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        signal.throwIfAborted()
        return Reflect.apply(value, target, args)
      }
    },
  })
  return { ...opened, provider: guard as typeof opened.provider } // answers to the same names
}
