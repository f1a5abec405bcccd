import { minute, type Scene } from './plot.ts'
import { Random } from './random.ts'
import type { World } from './world.ts'

/** Until the hub has read the door the operator finds nothing to give, and looks again. */
const again = 7 * minute

/** An operator makes a code for a guest with the lock's app, and gives it to the stay when the hub shows it. */
export function adoptByHand(world: World, { door, stay: ref, until }: Extract<Scene, { do: 'adopt' }>): void {
  const { truth, plot, schedule, bookings, store } = world
  const keypad = truth.keypads[door]
  const stay = bookings.stays.get(ref)
  if (!keypad || !stay) return
  keypad.touchedAt = schedule.now
  const random = new Random(plot.seed, `adopt ${schedule.now}`)
  const pin = String(100_000 + random.below(900_000)).slice(0, keypad.plot.pinLength)
  const label = `For ${ref}`
  const vendorRef = keypad.write({ label, pin, from: null, until: null }, undefined)
  const ask = async () => {
    const deviceId = truth.deviceIds.get(keypad.id)
    const bookingId = truth.ids.get(ref)
    const listed = (await store.handMadeCodes()).find((one) => one.deviceId === deviceId && one.label === label)
    const now = schedule.instant()
    const answer =
      listed && bookingId ? await store.requestAdoption({ id: listed.id, bookingId, now }) : 'not listed yet'
    if (answer === 'asked') {
      truth.adopted.set(`${keypad.id} ${vendorRef}`, { stay, pin })
      truth.happened('a code made by hand was given to a stay')
    } else if (schedule.now + again < until) schedule.at(schedule.now + again, () => schedule.begin(ask))
  }
  schedule.at(schedule.now + again, () => schedule.begin(ask))
}
