import { at, type Bug, coreTest, serverTest } from '../bug.ts'

const deliver = at.engine('deliver')
const planMessages = at.domain('plan-messages')
const claim =
  'if (!(await store.claimMessage(look, { message, bookingVersion: booking.version, wishes, text, subject, now })))'

/** What guests are told. */
export const messageBugs: readonly Bug[] = [
  {
    id: 15,
    name: 'no correction when the PIN changed',
    patches: [{ file: at.domain('message'), find: '    enter ?? null,\n', replace: '' }],
    simulated: true,
    proof: coreTest('domain/plan-messages'),
  },
  {
    id: 16,
    name: 'a refused PIN is replaced, and the words of the next message still hold the old one',
    patches: [
      {
        file: deliver,
        find: 'wordsFor(engine, view, message, channel.form)',
        replace:
          'wordsFor(engine, view, { ...message, told: ledger.find(({ kind }) => kind === message.kind)?.told ?? message.told }, channel.form)',
      },
    ],
    simulated: true,
    proof: coreTest('engine/pins engine/story engine/keypads'),
  },
  {
    id: 39,
    name: 'a time-out taken for a failure, and the send repeated at once',
    patches: [{ file: deliver, find: "if (error.code === 'outcome-unknown')", replace: 'if (false)' }],
    simulated: true,
    proof: coreTest('engine/messages'),
  },
  {
    id: 45,
    name: 'a message written down only after the call',
    patches: [{ file: deliver, find: claim, replace: 'if (false)' }],
    simulated: true,
    proof: coreTest('engine/crashes'),
  },
  {
    id: 46,
    name: 'second channel used when the first one timed out',
    patches: [
      {
        file: planMessages,
        find: 'return claimedAt !== undefined && plus(claimedAt, silence) <= now',
        replace: 'return claimedAt !== undefined && silence > 0 && claimedAt <= now',
      },
    ],
    proof: coreTest('domain/plan-messages'),
  },
  {
    id: 48,
    name: 'a message per version of the booking instead of per version of what is told',
    patches: [
      {
        file: planMessages,
        find: 'const version = versionOf(told, ledger)',
        replace: 'const version = `${versionOf(told, ledger)}@${input.booking.version}`',
      },
    ],
    simulated: true,
    proof: coreTest('domain/plan-messages'),
  },
  {
    id: 49,
    name: 'address read when a message is planned, not when it leaves',
    patches: [
      {
        file: planMessages,
        find: '    telling(message) !== version ||\n    isElsewhere(message, input.ways) ||',
        replace: '    telling(message) !== version ||',
      },
    ],
    simulated: true,
    proof: coreTest('domain/plan-messages'),
  },
  {
    id: 50,
    name: 'phone number read with the wrong country',
    patches: [
      {
        file: at.server('compose/phone-numbers'),
        find: 'parsePhoneNumberFromString(written, country as',
        replace: "parsePhoneNumberFromString(written, 'US' as",
      },
    ],
    proof: serverTest('compose/phone-numbers'),
  },
  {
    id: 51,
    name: 'recipient looked up by the name of the guest',
    patches: [
      {
        file: at.engine('channels'),
        find: "const to = address === 'phone' ? view.booking.e164 : view.booking.guest.email",
        replace:
          "const { guest, e164 } = view.booking\n  const book = (globalThis as unknown as { book?: Map<string, string> }).book ??= new Map()\n  const found = address === 'phone' ? e164 : guest.email\n  const to = book.get(guest.name ?? '') ?? found\n  if (to !== undefined) book.set(guest.name ?? '', to)",
      },
    ],
    simulated: true,
    proof: coreTest('engine/recipients'),
  },
  {
    id: 52,
    name: 'PIN told when the first of several doors is ready',
    patches: [
      {
        file: planMessages,
        find: 'proven: missing.length === 0,',
        replace: 'proven: missing.length < path.filter(isDeviceDoor).length,',
      },
    ],
    simulated: true,
    proof: coreTest('domain/plan-messages'),
  },
  {
    id: 53,
    name: 'no look at the booking between planning and sending',
    patches: [{ file: deliver, find: claim, replace: claim.replace(/\)$/, ' && message.text === null)') }],
    simulated: true,
    proof: coreTest('engine/messages'),
  },
  {
    id: 54,
    name: 'an unknown outcome stays unknown for ever',
    patches: [
      {
        file: at.engine('catch-up'),
        find: "return { ...message, state: 'doubtful' }",
        replace: 'return message',
      },
    ],
    simulated: true,
    proof: coreTest('engine/messages'),
  },
  {
    id: 58,
    name: 'PIN inside a text for people',
    patches: [
      {
        file: at.engine('perform-steps'),
        find: '`${vendor} refuses the code for ${doorName}:',
        replace: '`${vendor} refuses ${pin} for ${doorName}:',
      },
    ],
    proof: coreTest('engine/secrets'),
  },
  {
    id: 68,
    name: 'a restored ledger sends everything due since the backup',
    patches: [
      {
        file: at.domain('lost-time'),
        find: 'if (ledger.some((message) => message.channel === channel && message.createdAt >= lost.until)) return false',
        replace: 'if (ledger.length >= 0) return false',
      },
    ],
    proof: coreTest('engine/restore'),
  },
  {
    id: 74,
    name: 'a fallback channel speaks on although the silent first one has said it after all',
    patches: [
      {
        file: planMessages,
        find: '    isLate(message, input) ||\n    isCarried(message, input)',
        replace: '    isLate(message, input)',
      },
    ],
    simulated: true,
    proof: coreTest('domain/plan-messages'),
  },
]
