import { type AnyAdapter, type Opened, type OpenContext, systemClock, systemEntropy } from '@stayward/core'
import type { VendorFake } from '@stayward/core/testing'

/** An adapter of a keypad over its vendor's fake; `answer` may lose what the vendor said. */
export function openedKeypad(
  adapter: AnyAdapter,
  config: unknown,
  vendor: VendorFake,
  answer: (request: Request, said: Response) => Response = (_request, said) => said,
): Opened<'lock'> | Opened<'intercom'> {
  const fetch = async (...args: Parameters<typeof globalThis.fetch>) => {
    const request = new Request(...args)
    return answer(request, await vendor.respond(request))
  }
  const context = { config: adapter.config.parse(config), fetch, clock: systemClock, entropy: systemEntropy }
  const provider = adapter.open(context as unknown as OpenContext<never>) // the adapter's own schema gave the configuration
  // The callers pass adapters of locks and intercoms only.
  return { provider, capabilities: adapter.capabilities, vendor: adapter.displayName } as unknown as Opened<'lock'>
}
