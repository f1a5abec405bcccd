import type { Pace } from '../domain/limits.ts'
import type { LostTime } from '../domain/lost-time.ts'
import type { Clock } from '../ports/clock.ts'
import type { Entropy } from '../ports/entropy.ts'
import type { MessageWriter } from '../ports/message-writer.ts'
import type { Providers } from '../ports/providers.ts'
import type { Fingerprints } from '../ports/secrets.ts'
import type { TenantStore } from '../ports/stores.ts'

/** Everything the engine works with for one tenant. Nothing in it belongs to another. */
export interface Engine {
  readonly store: TenantStore
  readonly providers: Providers
  readonly fingerprints: Fingerprints
  readonly writer: MessageWriter
  readonly clock: Clock
  readonly entropy: Entropy
  readonly pace: Pace
  /** What the store has forgotten, if it was set back. Asked before every effect; absent: it never is. */
  readonly lostTime?: () => LostTime | undefined
  /** A phone number as E.164, or `undefined` when it cannot be understood. `country` is ISO 3166. */
  readonly e164: (phone: string, country: string | undefined) => string | undefined
}

/** The part of it that keeps devices in line: all that a team needs which has its own bookings, codes and store. */
export interface DeviceEngine extends Pick<Engine, 'clock' | 'entropy' | 'pace' | 'lostTime'> {
  /** Needed where hand-made codes may be given to stays (`DeviceView.adoptions`). */
  readonly fingerprints?: Fingerprints
  readonly store: Pick<TenantStore, 'loadDevice' | 'saveDevice' | 'saveConnection'>
  readonly providers: Pick<Providers, 'keypad'>
}
