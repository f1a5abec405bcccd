import { type DoorPlot, hour, type HousePlot, type LockPlot, minute, type ProfileName, type Rhythm } from './plot.ts'
import type { Random } from './random.ts'
import { zoneNames } from './world/wall-clock.ts'

/** A house of one to five flats and one to four doors, mostly a small one, and the vendors behind it. */
export function drawHouse(random: Random, profile: ProfileName): HousePlot {
  const zone = random.chance(0.5) ? 'Europe/Paris' : random.of(zoneNames)
  const unitCount = profile === 'poison' ? random.of([3, 5]) : random.of([1, 1, 1, 2, 2, 2, 3, 5])
  const doorCount = profile === 'core-calm' ? random.of([2, 3, 4]) : random.of([1, 1, 1, 2, 2, 3, 4])
  const locks = Array.from({ length: doorCount > 2 && random.chance(0.5) ? 2 : 1 }, () => drawLock(random))
  const doors = Array.from({ length: doorCount }, (_, index) => drawDoor(random, index, locks.length))
  const channels = random.of(['sms', 'both', 'both', 'inbox'] as const)
  return {
    zone,
    checkIn:
      profile === 'dst' ? random.of(['00:00', '02:30', '15:00']) : random.of(['15:00', '15:00', '16:00', '14:00']),
    checkOut: profile === 'dst' ? random.of(['02:30', '11:00', '24:00']) : random.of(['11:00', '11:00', '10:00']),
    source: {
      lag: random.of([0, 0, 2_000, 30_000, 120_000]),
      readsMessages: random.chance(0.7),
      page: random.of([2, 50, 50]),
    },
    sms: { looksUp: random.chance(0.8), reports: random.chance(0.6) },
    channels,
    mode: channels === 'both' && random.chance(0.3) ? 'fallback' : 'each',
    rhythm: drawRhythm(random, profile),
    locks,
    doors,
    units: Array.from({ length: unitCount }, (_, unit) => (doorCount === 1 ? [0] : [0, 1 + (unit % (doorCount - 1))])),
  }
}

/** Mostly a calm one: what no webhook announces is then found later, and much more of a run is about something. */
function drawRhythm(random: Random, profile: ProfileName): Rhythm {
  const everyday = { poll: 10 * minute, sweepNear: 30 * minute, probe: hour }
  if (profile === 'deaf' || random.chance(0.06)) return everyday
  return {
    poll: random.of([1, 2, 2]) * hour,
    sweepNear: random.of([1, 2, 2]) * hour,
    probe: random.of([6, 12]) * hour,
  }
}

function drawLock(random: Random): LockPlot {
  const readBack = random.of(['device', 'synced', 'heartbeat', 'heartbeat', 'cloud'] as const)
  return {
    readBack,
    windowStep: random.of([1000, minute, minute, hour]),
    canUpdate: random.chance(0.8),
    readsPin: random.chance(0.8),
    readsWindow: random.chance(0.8),
    showsWithin: readBack === 'device' ? 0 : random.of([0, 0, 20_000, 60_000]),
    pinLength: random.of([4, 5, 6, 6]),
    ...(random.chance(0.2) ? { capacity: random.from(6, 12) } : {}),
    fetchEvery: random.of([15_000, 30_000, 60_000]),
    refusesTaken: random.chance(0.8),
  }
}

function drawDoor(random: Random, index: number, locks: number): DoorPlot {
  const name = `door ${index}`
  const foreign = Array.from({ length: random.of([0, 0, 1, 2]) }, () => String(100_000 + random.below(900_000)))
  // The street door of some houses has one code for all.
  if (index === 0 && random.chance(0.1)) return { name, foreign: [] }
  const lock = random.below(locks)
  return { name, lock, foreign, ...(random.chance(0.2) ? { prefix: '12' } : {}) }
}
