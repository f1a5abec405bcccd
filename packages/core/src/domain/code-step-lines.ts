import type { EndCause } from './code.ts'
import type { CodeStep, WaitCause, WriteCause } from './code-step.ts'
import { driftText } from './drift-words.ts'
import { limits } from './limits.ts'

/** A step of a plan in a person's words, without its PIN. */
export interface PlannedLine {
  readonly bookingId?: string
  readonly text: string
  readonly remedy?: string
}

/** What these steps would do at a door, one sentence each; what is not the hub's is counted, never named. */
export function codeStepLines(doorName: string, steps: readonly CodeStep[]): PlannedLine[] {
  const lines = steps.flatMap((step): PlannedLine[] =>
    step.do === 'report' ? [] : [{ bookingId: step.code.bookingId, ...lineOf(doorName, step) }],
  )
  const strange = steps.filter((step) => step.do === 'report').length
  if (strange > 0)
    lines.push({
      text: `${doorName}: leaves ${strange === 1 ? 'one code' : `${strange} codes`} alone that no stay of the hub needs.`,
    })
  return lines
}

function lineOf(door: string, step: Exclude<CodeStep, { do: 'report' }>): Pick<PlannedLine, 'text' | 'remedy'> {
  switch (step.do) {
    case 'write':
      return {
        text: `${door}: ${step.vendorRef === undefined ? 'writes' : 'changes'} the code: ${writes[step.because]}.`,
      }
    case 'remove':
      return {
        text: `${door}: removes ${step.because === 'double' ? 'a double of the code' : 'the code'}: ${removal(step)}.`,
      }
    case 'drift':
      return { text: `${door}: ${driftText(step)}.` }
    case 'note':
      return {
        text: `${door}: notes that the ${step.code.want === 'present' ? 'code' : 'end of the code'} is ${step.evidence}.`,
      }
    case 'wait':
      return {
        text: `${door}: waits until ${step.until}: ${waits[step.because].text}.`,
        ...(waits[step.because].remedy === undefined ? {} : { remedy: waits[step.because].remedy ?? '' }),
      }
    case 'repin':
      return { text: `${door}: asks for another PIN of this stay, because somebody else's code there has it.` }
  }
}

const writes: Readonly<Record<WriteCause, string>> = {
  new: 'it has never been there',
  window: 'its dates there are others',
  pin: 'its PIN there is another',
  disabled: 'it is switched off there',
  missing: 'it is gone from there',
  unread: 'the device hides whether it holds what was last wanted',
  adopted: 'a person linked this hand-made code to the stay, so it gets the dates of the stay and keeps its PIN',
  outlives: 'its end was moved beyond the end of the stay, and it ends with the stay',
}

function removal({ because, code }: Extract<CodeStep, { do: 'remove' }>): string {
  switch (because) {
    case 'ended':
    case 'unlisted':
      return ends[code.endCause ?? 'person']
    case 'double':
      return 'one is enough'
    case 'cannot-update':
      return 'this device cannot change a code, so it is made anew'
  }
}

const ends: Readonly<Record<EndCause, string>> = {
  cancelled: 'the booking is cancelled',
  moved: 'the guest has moved',
  over: 'the stay is over',
  replaced: 'it is replaced',
  person: 'a person ended it',
}

const waits: Readonly<Record<WaitCause, { readonly text: string; readonly remedy?: string }>> = {
  pending: { text: 'the last write may still be on its way' },
  early: { text: 'the device has little room and takes codes only shortly before they begin' },
  unproven: {
    text: 'the vendor has it, and the device itself has not confirmed it',
    remedy: "See in the vendor's app whether the device is online.",
  },
  full: { text: 'the device is full', remedy: "Remove old codes in the vendor's app." },
  double: { text: 'a second entry of it was removed lately, and the device still lists it' },
  leaving: { text: "the stay's own ended code still holds the PIN" },
  unheeded: {
    text: 'the last write did not make the device agree',
    remedy: "See in the vendor's app whether somebody changes the code there.",
  },
  contested: {
    text: `somebody has changed the code ${limits.rewrites} times after the hub had put it right, so it is left as it is`,
    remedy: 'Find out who or what changes it. Then: stayward sync --device <name>',
  },
  restoring: {
    text: 'the database was set back, and nothing is changed at a door before a person has confirmed it',
    remedy: 'See what was found: stayward restore status',
  },
  clock: {
    text: "the hub's clock and the database's are too far apart, so nothing is taken from a door",
    remedy: 'Set both machines right by a time service (NTP).',
  },
  'in-house': {
    text: 'its guest is in the house, so what somebody changed there is left as it is while they get in',
    remedy: 'To have it put right now: stayward sync --device <name>',
  },
  asked: {
    text: 'somebody changed the code there, and this door asks before anything is done about it',
    remedy: 'See what was changed, and decide: stayward code list',
  },
  'taken-away': {
    text: 'a person took the code away there, and this door lets that stand',
    remedy: 'To have it put back: stayward code list, then: stayward code decide <code> restore',
  },
  vanished: { text: 'the code was there and is not listed; it is believed when it is missing for a while' },
}
