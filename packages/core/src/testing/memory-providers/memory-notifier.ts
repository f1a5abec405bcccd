import { type Adapter, defineAdapter } from '../../adapter/define-adapter.ts'
import { millisecondsOf } from '../../domain/instant.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Subject } from '../kits/subject.ts'
import { messageReceiver, notifierProvider } from './notifier-provider.ts'
import type { MemoryNotifierOptions, NotifierTraits } from './notifier-traits.ts'
import { type MemoryNotifierState, type MemoryNotifierVendor, newMessages, notifierVendor } from './notifier-vendor.ts'
import { type MemoryConfig, memoryConfig, memoryToken, openWire } from './wire.ts'

export interface MemoryNotifier extends Subject<'notifier', MemoryNotifierVendor, MemoryConfig> {
  readonly adapter: Adapter<'notifier', MemoryConfig>
  /** A fresh vendor, or with `state` one that goes on. */
  vendor(clock: Clock, state?: MemoryNotifierState): MemoryNotifierVendor
}

/** A message vendor in memory: an adapter for the hub and the vendor behind it. */
export function memoryNotifier(options: MemoryNotifierOptions = {}): MemoryNotifier {
  const { id = 'memory-notifier', ...chosen } = options
  const traits: NotifierTraits = {
    address: 'phone',
    dedupesByKey: false,
    looksUp: !chosen.listens,
    readsReplies: !chosen.listens,
    reportsDelivery: true,
    listens: false,
    textMaxLength: 2000,
    deliversAfter: 0,
    showsAfter: 0,
    ...chosen,
  }
  const { address, dedupesByKey, looksUp, readsReplies, reportsDelivery, textMaxLength } = traits
  const { listens, freeFor, expiresAfter } = traits
  const host = `${id}.example`
  const adapter = defineAdapter({
    id,
    displayName: 'Messages in memory',
    port: 'notifier',
    specVersion: 'v1',
    config: memoryConfig,
    hosts: [host],
    capabilities: {
      address,
      dedupesByKey,
      looksUp,
      readsReplies,
      reportsDelivery,
      textMaxLength,
      ...(listens ? { listens, medium: 'chat' } : {}),
      ...(freeFor === undefined ? {} : { freeFor }),
      ...(expiresAfter === undefined ? {} : { expiresAfter }),
    },
    rate: { perSecond: 1_000_000, burst: 1_000_000 },
    webhook: messageReceiver,
    health: 'It works as long as the test runs.',
    open: (context) => notifierProvider(openWire(context, host, 'The message vendor in memory'), context.clock, traits),
  })
  return {
    adapter,
    config: memoryToken,
    wrongConfig: { token: 'a-token-nobody-has' },
    secrets: [memoryToken.token, '639980001', 'ada@guest.example'],
    vendor: (clock, state = newMessages()) => notifierVendor({ state, traits, now: () => millisecondsOf(clock.now()) }),
  }
}
