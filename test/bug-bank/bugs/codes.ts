import { at, type Bug, coreTest, serverTest } from '../bug.ts'

const planCodes = at.domain('plan-codes')
const planAccess = at.domain('plan-access')
const perform = at.engine('perform-steps')
const allot = at.engine('allot-pins')

/** Codes on doors: what is written, removed, believed, and under which PIN. */
export const codeBugs: readonly Bug[] = [
  {
    id: 1,
    name: 'label matched as a substring',
    patches: [{ file: at.domain('mark'), find: '`^sw[${alphabet}]', replace: '`sw[${alphabet}]' }],
    proof: coreTest('domain/mark'),
  },
  {
    id: 2,
    name: 'list failure returns an empty list',
    patches: [
      {
        file: at.engine('read-device'),
        find: 'await provider.readCodes(vendorId, look)',
        replace: 'await provider.readCodes(vendorId, look).catch(() => [])',
      },
    ],
    simulated: true,
    proof: coreTest('engine/faults engine/keypads'),
  },
  {
    id: 5,
    name: 'PIN from another generator than the entropy port, and without a look at the PINs in use',
    patches: [
      {
        file: allot,
        find: 'if (isNobodys) return false',
        replace: "if (isNobodys || pin !== '') return false",
      },
      {
        file: allot,
        find: 'draw: (below) => draw(engine.entropy, below)',
        replace: 'draw: (below) => Math.floor(Math.random() * below)',
      },
    ],
    proof: coreTest('engine/allot-pins'),
  },
  {
    id: 9,
    name: 'removal: not found in the list means done',
    patches: [
      {
        file: planCodes,
        find: 'if (ref !== undefined) return',
        replace: 'if (ref === null) return',
      },
    ],
    simulated: true,
    proof: coreTest('domain/plan-codes'),
  },
  {
    id: 13,
    name: 'removals without a brake',
    patches: [
      {
        file: at.domain('brake'),
        find: "return isPulled || groups.some(exceeds) ? 'held' : 'clear'",
        replace: "return isPulled && groups.length < 0 ? 'held' : 'clear'",
      },
    ],
    simulated: true,
    proof: coreTest('engine/brake'),
  },
  {
    id: 14,
    name: 'no look again after a write that shows later',
    patches: [
      {
        file: at.engine('write-down-device'),
        find: 'return earliest(sweep, ...waits, ...again, ...unfinished)',
        replace: 'return sweep',
      },
    ],
    simulated: true,
    proof: coreTest('engine/keypads'),
  },
  {
    id: 17,
    name: 'old door closed before the new one is confirmed',
    patches: [
      {
        file: planAccess,
        find: 'const releases = (code: Code) => moved ||',
        replace: 'const releases = (code: Code) => true || moved ||',
      },
    ],
    simulated: true,
    proof: coreTest('domain/plan-access'),
  },
  {
    id: 18,
    name: 'a move takes a new PIN and tells nobody',
    patches: [
      { file: allot, find: 'known: pinsOf(view),', replace: 'known: [],' },
      {
        file: at.domain('plan-messages'),
        find: "const kind: MessageKind = knows(ledger, channel, to) ? 'change' : 'door-code'",
        replace: "const kind: MessageKind = 'door-code'\n    if (knows(ledger, channel, to)) continue",
      },
    ],
    simulated: true,
    proof: coreTest('engine/story'),
  },
  {
    id: 20,
    name: 'a change by hand repaired for ever, as fast as looks come',
    patches: [
      {
        file: planCodes,
        find: "return code.evidence === 'planned' ? now : nextTry(code, isNear(code.window.from, now))",
        replace: 'return nextTry(code, isNear(code.window.from, now)) < now ? now : now',
      },
    ],
    simulated: true,
    proof: coreTest('domain/plan-codes'),
  },
  {
    id: 21,
    name: 'removal believed while the gateway is silent',
    patches: [
      {
        file: at.domain('code-proof'),
        find: "    case 'heartbeat': {\n",
        replace: "    case 'heartbeat': {\n      if (code.want === 'absent') return 'confirmed'\n",
      },
    ],
    simulated: true,
    proof: coreTest('domain/plan-codes'),
  },
  {
    id: 22,
    name: 'PIN with a leading zero written as a number',
    patches: [
      {
        file: perform,
        find: '{ mark, label, pin, window, ...',
        replace: '{ mark, label, pin: String(Number(pin)), window, ...',
      },
    ],
    simulated: true,
    proof: coreTest('engine/written-codes'),
  },
  {
    id: 23,
    name: 'a reading older than the own write taken for a difference',
    patches: [
      {
        file: planCodes,
        find: "  if (isPending(code, now)) return wait(code.pendingUntil ?? now, 'pending')\n  if (code.window.until <= now) return []",
        replace: '  if (code.window.until <= now) return []',
      },
    ],
    simulated: true,
    proof: coreTest('domain/plan-codes'),
  },
  {
    id: 30,
    name: 'a window that begins when another ends taken for an overlap, and the later one dropped',
    patches: [
      {
        file: planCodes,
        find: '.sort(byWindow).flatMap(',
        replace:
          '.sort(byWindow).filter((code, _index, all) => !all.some((one) => one.bookingId !== code.bookingId && one.window.from < code.window.from && one.window.until >= code.window.from)).flatMap(',
      },
    ],
    simulated: true,
    proof: coreTest('domain/plan-codes-neighbours'),
  },
  {
    id: 34,
    name: 'PIN free again at check-out',
    patches: [
      {
        file: at.server('persistence/store/load-stay'),
        find: 'and k.gone_at > $4 group by',
        replace: "and k.gone_at > $4::timestamptz + interval '1000 days' group by",
      },
    ],
    proof: serverTest('persistence/tenant-store', 'cool-down'),
  },
  {
    id: 35,
    name: "a stranger's code with the same PIN overwritten, label and all",
    patches: [
      {
        file: planCodes,
        find: "[{ do: 'repin', code }]",
        replace:
          "input.observed.filter((one) => one.pin === code.pin).map(({ vendorRef }) => ({ do: 'write' as const, code, vendorRef, because: 'pin' as const }))",
      },
    ],
    simulated: true,
    proof: coreTest('domain/plan-codes'),
  },
  {
    id: 36,
    name: 'full device: the oldest code removed to make room',
    patches: [
      {
        file: planCodes,
        find: "return free >= 0 ? step : { do: 'wait', code: step.code, until: plus(now, limits.sweepNear), because: 'full' }",
        replace:
          "return free >= 0 ? step : { do: 'remove', code: step.code, vendorRef: observed[0]?.vendorRef ?? '', because: 'ended' }",
      },
    ],
    simulated: true,
    proof: coreTest('domain/plan-codes'),
  },
  {
    id: 37,
    name: 'PIN drawn anew on every change of dates',
    patches: [
      {
        file: planAccess,
        find: 'repin: stay.filter(isPinRefused)',
        replace: 'repin: stay.filter(({ window }) => !same(window, grant.window))',
      },
      { file: allot, find: 'known: pinsOf(view),', replace: 'known: [],' },
    ],
    simulated: true,
    proof: coreTest('domain/plan-access engine/story'),
  },
  {
    id: 44,
    name: '"accepted" taken for "confirmed"',
    patches: [
      {
        file: at.domain('code-proof'),
        find: "return code.want === 'absent' && plus(code.window.until, limits.sweepFar) <= input.now ? 'confirmed' : 'accepted'",
        replace: "return 'confirmed'",
      },
    ],
    simulated: true,
    proof: coreTest('domain/plan-codes'),
  },
  {
    id: 47,
    name: 'code made without its end, the end added by a second write',
    patches: [
      {
        file: perform,
        find: '{ mark, label, pin, window, ...',
        replace:
          "{ mark, label, pin, window: vendorRef === undefined ? { ...window, until: '2099-12-31T00:00:00.000Z' as Instant } : window, ...",
      },
    ],
    simulated: true,
    proof: coreTest('engine/written-codes'),
  },
  {
    id: 65,
    name: 'a write under way forgotten when the hub restarts',
    patches: [
      {
        file: perform,
        find: 'await engine.store.saveDevice(look, { deviceId: view.device.id, update: [...codes.values()] }, { now: sentAt })',
        replace: '',
      },
    ],
    simulated: true,
    proof: coreTest('engine/crashes'),
  },
  {
    id: 66,
    name: 'windows compared as formatted dates, so never equal',
    patches: [
      {
        file: planCodes,
        find: 'window.from !== asked.from ||',
        replace: 'window.from?.slice(0, 16) !== asked.from ||',
      },
    ],
    simulated: true,
    proof: coreTest('domain/plan-codes'),
  },
]
