import { at, type Bug, coreTest, type Proof, serverTest } from '../bug.ts'

const civilTime = at.domain('civil-time')
const planGrants = at.domain('plan-grants')
const ambiguous = "disambiguation: edge === 'start' ? 'earlier' : 'later'"
const shareForm = 'packages/adapters-locks/the-keys/src/share-form.ts'
const theKeys: Proof = { project: 'packages', files: ['packages/adapters-locks/the-keys/test/contract.test.ts'] }

/** When a guest may come in. */
export const timeBugs: readonly Bug[] = [
  {
    id: 10,
    name: 'check-in hour put into the daily time field',
    patches: [
      { file: shareForm, find: "...timeFields('heure_fin', until)", replace: "...timeFields('heure_fin', from)" },
    ],
    proof: theKeys,
  },
  {
    id: 11,
    name: 'only dates sent, time fields left out',
    patches: [
      { file: shareForm, find: "    ...timeFields('heure_debut', from),\n", replace: '' },
      { file: shareForm, find: "    ...timeFields('heure_fin', until),\n", replace: '' },
    ],
    proof: theKeys,
  },
  {
    id: 24,
    name: 'nights counted as multiples of 24 hours',
    patches: [
      {
        file: planGrants,
        find: "until: plus(instantAt({ date: booking.departure ?? '', time: closes }, zone, 'end'), policy.graceOut)",
        replace:
          "until: plus(instantAt({ date: booking.arrival ?? '', time: closes }, zone, 'end'), Date.parse(booking.departure ?? '') - Date.parse(booking.arrival ?? '') + policy.graceOut)",
      },
    ],
    simulated: true,
    proof: coreTest('domain/plan-grants'),
  },
  {
    id: 25,
    name: "the server's zone used instead of the property's",
    patches: [
      {
        file: planGrants,
        find: 'const { zone } = property',
        replace: 'const zone = Intl.DateTimeFormat().resolvedOptions().timeZone',
      },
    ],
    simulated: true,
    proof: coreTest('domain/plan-grants'),
  },
  {
    id: 26,
    name: 'a reading that comes twice ends the stay at its first',
    patches: [{ file: civilTime, find: ambiguous, replace: "disambiguation: 'earlier'" }],
    proof: coreTest('domain/civil-time'),
  },
  {
    id: 27,
    name: 'a check-in that the clock skips throws, and the booking is passed over',
    patches: [{ file: civilTime, find: ambiguous, replace: "disambiguation: 'reject'" }],
    proof: coreTest('domain/plan-grants'),
  },
  {
    id: 28,
    name: 'a missing zone becomes UTC',
    patches: [
      { file: planGrants, find: 'if (!isZone(property.zone))', replace: 'if (false)' },
      {
        file: planGrants,
        find: 'const { zone } = property',
        replace: "const zone = isZone(property.zone) ? property.zone : 'UTC'",
      },
    ],
    proof: coreTest('domain/plan-grants'),
  },
  {
    id: 29,
    name: 'stays not looked at again when the zone of their house changes',
    patches: [
      {
        file: at.server('persistence/house/affected'),
        find: "  mark([...bookings.map(markOf), ...devices.map(({ id }): Mark => ({ kind: 'device', key: id, why: 'edit' }))])\n}\n\n/** Stays",
        replace: '  void [bookings, devices, mark]\n}\n\n/** Stays',
      },
    ],
    proof: serverTest('persistence/house', 'a change of times'),
  },
]
