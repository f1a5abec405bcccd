import { at, type Bug, coreTest, serverTest } from '../bug.ts'

const planGrants = at.domain('plan-grants')

/** What a booking system says, and what follows from it. */
export const bookingBugs: readonly Bug[] = [
  {
    id: 8,
    name: 'an inquiry gets a code',
    patches: [
      {
        file: planGrants,
        find: "    case 'request':\n      return ended(\n        'cancelled',\n        'booking-not-firm',\n        'The booking is not confirmed yet.',\n        'Confirm it in the booking system.',\n      )\n",
        replace: "    case 'request':\n",
      },
    ],
    simulated: true,
    proof: coreTest('domain/plan-grants'),
  },
  {
    id: 12,
    name: 'absence from a list ends the stay',
    patches: [
      {
        file: at.engine('fetch-one'),
        find: 'if (await isProvenDeleted(opened, source, known, look))',
        replace: 'if (await Promise.resolve(true))',
      },
    ],
    simulated: true,
    proof: coreTest('engine/poll'),
  },
  {
    id: 33,
    name: 'alarm only for a code whose write failed, not for one that was never tried',
    patches: [
      {
        file: at.domain('readiness'),
        find: 'return !code || !reaches(code.evidence, entry.tellAt)',
        replace: 'return code?.writtenAt !== undefined && !reaches(code.evidence, entry.tellAt)',
      },
    ],
    simulated: true,
    proof: coreTest('domain/readiness'),
  },
  {
    id: 40,
    name: 'the poll reads only the first page',
    patches: [
      {
        file: at.engine('import-bookings'),
        find: '} while (cursor !== undefined)',
        replace: '} while (cursor === null)',
      },
    ],
    proof: coreTest('engine/poll'),
  },
  {
    id: 42,
    name: 'a flat that is no longer linked loses all its codes at once',
    patches: [
      {
        file: planGrants,
        find: "return held(\n      'unit-not-linked',",
        replace: "return ended(\n      'cancelled',\n      'unit-not-linked',",
      },
    ],
    simulated: true,
    proof: coreTest('engine/poll'),
  },
  {
    id: 43,
    name: 'an older version of a booking overwrites a newer one',
    patches: [
      {
        file: at.server('persistence/store/save-bookings'),
        find: 'return row !== undefined && (row.source_fence > save.look.fence || isOldList(found, booking, row))',
        replace: 'return row !== undefined && isOldList(found, booking, row)',
      },
    ],
    proof: serverTest('persistence/tenant-store', 'a listing that is older'),
  },
]
