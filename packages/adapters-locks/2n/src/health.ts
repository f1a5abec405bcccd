import type { Info, Switch, Template } from './2n-shapes.ts'
import type { Answer } from './2n-api.ts'
import { refusalOf, type Service } from './refusals.ts'
import { knows } from './template.ts'
import { type Credential, whatLacks } from './user-form.ts'

/** Milliseconds by which a device's clock may be wrong before anybody has to be told. */
export const clockTolerance = 60_000

/** What a person should see to, although the device answers. */
export function warningOf({
  offset,
  template,
  credential,
  switches,
  log,
}: {
  /** Milliseconds that the device's clock is ahead. */
  readonly offset: number
  readonly template: Template
  readonly credential: Credential
  readonly switches: Answer<readonly Switch[]>
  readonly log: Answer<unknown>
}): string | undefined {
  const lacks = whatLacks(template, credential)
  const lines = [
    ...(lacks === undefined ? [] : [lacks]),
    ...(Math.abs(offset) > clockTolerance ? [clockWarning(offset)] : []),
    ...(knows(template, 'owner')
      ? []
      : [
          'This firmware has no field for the owner of an entry, so the mark of the hub stands in the name people see.',
        ]),
    ...lacking(switches, 'switch', 'The hub cannot open the door on request.'),
    ...lacking(log, 'log', 'The hub does not learn who came in.'),
  ]
  return lines.length === 0 ? undefined : lines.join(' ')
}

function clockWarning(offset: number): string {
  const minutes = Math.max(1, Math.round(Math.abs(offset) / 60_000))
  const by = minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
  const then =
    offset > 0 ? 'ends codes too early and begins them too early' : 'begins codes too late and ends them too late'
  return `The clock of the device is ${by} ${offset > 0 ? 'ahead' : 'behind'}, so it ${then}: set a time server on its page, under System → Date and time.`
}

/** A part that the device refuses is a matter for a person; the codes work without it. */
function lacking(answer: Answer<unknown>, service: Service, consequence: string): readonly string[] {
  if (answer.is === 'done') return []
  const { message, remedy } = refusalOf(answer.number, service, 'read')
  return [`${consequence} ${message} ${remedy}`]
}

/** `2N IP Verso, firmware 2.47.0.60.6`. */
export function noteOf({ variant, swVersion }: Info): string {
  return `${variant ?? '2N device'}, firmware ${swVersion}`
}
