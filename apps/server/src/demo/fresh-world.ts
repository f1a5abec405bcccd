import { emptySmoobu } from '@stayward/booking-smoobu/testing'
import { type FakeLock, initialState } from '@stayward/lock-the-keys/testing'
import { freshState } from '@stayward/notify-smsfactor/testing'
import type { DemoWorld } from './world-file.ts'

/** Flats of the demo's house as Smoobu has them. */
export const demoUnits = { loft: '700101', studio: '700102' } as const
/** Keypads of the demo's doors as The Keys has them. */
export const demoKeypads = { street: '7001/Kp7xQ2Za', loft: '7002/Kp3vN6Hd', studio: '7003/Kp8jF4Ts' } as const

/** A calendar day so many days after today, in UTC. */
export function dayFromNow(now: number, days: number): string {
  return new Date(now + days * 86_400_000).toISOString().slice(0, 10)
}

/** Three vendors as a host would have set them up: two flats, three locks, one account for messages. Invented people. */
export function freshWorld(now: number): DemoWorld {
  const smoobu = emptySmoobu({
    apartments: [
      { id: Number(demoUnits.loft), name: 'Loft Nord', timeZone: 'Europe/Paris' },
      { id: Number(demoUnits.studio), name: 'Studio Süd', timeZone: 'Europe/Paris' },
    ],
  })
  return {
    smoobu,
    theKeys: threeLocks(now),
    smsFactor: freshState(),
    ports: {},
    outbox: [],
    story: { done: [] },
  }
}

/** The fake's own house has a lock without a gateway; in the demo every lock can prove what it holds. */
function threeLocks(now: number): DemoWorld['theKeys'] {
  const state = initialState(now)
  const names = ['Street door', 'Loft Nord', 'Studio Süd']
  const locks = state.locks.map((lock, index): FakeLock => {
    const gateway = { online: true, seenAt: now }
    const box = {
      id: 9700 + index,
      id_accessoire: `Gw${index}demo0`,
      nom: 'Gateway',
      type: 1 as const,
      listed: true,
      info: 'live' as const,
    }
    const accessories = lock.accessories.some(({ type }) => type === 1) ? lock.accessories : [...lock.accessories, box]
    return { ...lock, nom: names[index] ?? lock.nom, accessories, gateway }
  })
  return { ...state, locks }
}
