import { at, type Bug, coreTest } from '../bug.ts'

/** Codes that somebody changed or made outside the hub. */
export const driftBugs: readonly Bug[] = [
  {
    id: 69,
    name: 'an accepted change outlives the stay',
    patches: [
      {
        file: at.domain('drift'),
        find: 'const end = until === null ? stay.until : earliest(until, stay.until)',
        replace: "const end = until ?? ('9000-01-01T00:00:00.000Z' as Instant)",
      },
      {
        file: at.domain('drift'),
        find: "const shorten = what.includes('window') && outlives(code, seen, input)",
        replace: 'const shorten = false',
      },
    ],
    proof: coreTest('engine/drift'),
  },
  {
    id: 70,
    name: 'a door that asks is written anyway once somebody asks for a look',
    patches: [
      {
        file: at.engine('settle-device'),
        find: 'commanded ? view.codes.map(triedAgain) : view.codes',
        replace: 'commanded ? view.codes.map(({ drift: _asked, provenAt: _seen, ...code }) => code) : view.codes',
      },
    ],
    proof: coreTest('engine/drift'),
  },
  {
    id: 71,
    name: 'a code of a guest in the house is put right like any other',
    patches: [{ file: at.domain('in-house'), find: 'if (commanded ||', replace: 'if (commanded !== undefined ||' }],
    proof: coreTest('engine/in-house'),
  },
  {
    id: 72,
    name: 'a code made by hand that a person gave to a stay loses its PIN to the one that the stay has',
    patches: [
      {
        file: at.domain('hand-made'),
        find: '    pin,\n    window,\n    adopts: vendorRef,',
        replace: '    window,\n    adopts: vendorRef,',
      },
      {
        file: at.domain('hand-made'),
        find: 'seen.vendorRef === adopts && seen.pin === pin',
        replace: 'seen.vendorRef === adopts',
      },
    ],
    simulated: true,
    proof: coreTest('engine/adopt-by-hand'),
  },
]
