import { clockTime } from '../output.ts'
import { failingKeys } from '../../queue/failing-keys.ts'
import { readQueue } from '../../queue/queue-reading.ts'
import type { Session } from '../session.ts'
import { bad, type Finding, note, ok, spoken } from './finding.ts'

/** Seconds that something may wait although a hub is at work. */
const mostWait = 120
const shownFailures = 5

export async function checkQueue({ pool, clock }: Session): Promise<readonly Finding[]> {
  const readings = await readQueue(pool, clock.now())
  const sum = (pick: (reading: (typeof readings)[number]) => number) =>
    readings.reduce((total, reading) => total + pick(reading), 0)
  const waiting = sum((reading) => reading.waiting)
  const failing = sum((reading) => reading.backingOff)
  const oldest = Math.max(0, ...readings.map((reading) => reading.oldestDue))
  const line = `${waiting} waiting${waiting === 0 ? '' : `, the oldest for ${spoken(oldest)}`}, ${failing} failing`
  return [
    oldest > mostWait
      ? bad('work', line, 'Nobody looks at them: is a hub at work? Start it with npm start, and see its log.')
      : ok('work', line),
    ...(failing === 0 ? [] : await failures(pool)),
  ]
}

/** A failing key is tried again by itself; what a person has to do about it stands in the alerts. */
async function failures(pool: Session['pool']): Promise<readonly Finding[]> {
  const keys = await failingKeys(pool, shownFailures)
  return keys.map(({ kind, key, attempt, failingSince, reason }) =>
    note(
      'failing',
      `${kind} ${key}, ${attempt} ${attempt === 1 ? 'time' : 'times'}${failingSince === undefined ? '' : ` since ${clockTime(failingSince)}`}`,
      reason ?? 'It is tried again by itself.',
    ),
  )
}
