import type { Instant, MessageWriter, Told, ToWrite } from '@stayward/core'
import { IntlMessageFormat } from 'intl-messageformat'
import { defaultTemplates, type TemplateName, templateNames, type Templates } from './templates.ts'

/** A tenant's own words: by language, any of the templates. */
export type TenantTemplates = Readonly<Record<string, Partial<Record<TemplateName, string>>>>

/** Writes in the guest's language if there are words in it, otherwise in the tenant's, otherwise in English. */
export function createMessageWriter(own: TenantTemplates, tenantLanguage: string): MessageWriter {
  return {
    write: ({ kind, form, told, language: wanted, guestName }: ToWrite) => {
      const language = [wanted, tenantLanguage].find((one) => one !== undefined && speaks(own, one)) ?? 'en'
      const templates = { ...(defaultTemplates[language] ?? defaultTemplates['en']), ...own[language] } as Templates // the defaults are whole
      const fill = (name: TemplateName, values: Record<string, string>) => format(templates[name], language, values)
      const values = {
        named: guestName ? 'yes' : 'no',
        guestName: tidy(guestName ?? ''),
        unit: told.unit,
        property: told.property,
        from: moment(told.window.from, language, told.zone),
        until: moment(told.window.until, language, told.zone),
        doors: doorLines(told, language, fill),
      }
      const { named: _named, ...said } = values
      return { subject: fill(`${kind}.subject`, values), text: fill(`${kind}.${form}`, values), language, values: said }
    },
  }
}

/** What is wrong with a tenant's templates, one sentence each; empty when nothing is. */
export function problemsOf(own: TenantTemplates): string[] {
  const known = new Set<string>(templateNames)
  return Object.entries(own).flatMap(([language, templates]) => [
    ...(/^[a-z]{2}$/.test(language) ? [] : [`"${language}" is not a language: use two letters, such as "de".`]),
    ...Object.entries(templates).flatMap(([name, text]) => {
      if (!known.has(name)) return [`There is no template "${name}". There are: ${templateNames.join(', ')}.`]
      try {
        format(text, language, sample)
        if (/^(?:door-code|change)\.(?:plain|letter)$/.test(name) && !text.includes('{doors}'))
          return [`Template "${name}" (${language}) leaves out {doors}: the guest would not learn the code.`]
        if (name === 'door.enter' && !text.includes('{enter}'))
          return [`Template "${name}" (${language}) leaves out {enter}: the guest would not learn the code.`]
        return []
      } catch (error) {
        return [
          `Template "${name}" (${language}) cannot be read: ${error instanceof Error ? error.message : 'unknown error'}.`,
        ]
      }
    }),
  ])
}

const sample = {
  named: 'yes',
  guestName: 'Ada',
  unit: 'Loft',
  property: 'House',
  from: '1',
  until: '2',
  doors: '1. Door: 0000',
  number: '1',
  name: 'Door',
  enter: '0000',
  instruction: 'Push',
  instructed: 'yes',
}

function speaks(own: TenantTemplates, language: string): boolean {
  return language in defaultTemplates || language in own
}

function doorLines(
  { doors }: Told,
  language: string,
  fill: (name: TemplateName, values: Record<string, string>) => string,
): string {
  return doors
    .map(({ name, enter, instruction: by }, index) => {
      const instruction = by[language] ?? by['en'] ?? Object.values(by)[0] ?? ''
      const values = {
        number: String(index + 1),
        name,
        instruction,
        instructed: instruction ? 'yes' : 'no',
        enter: enter ?? '',
      }
      return fill(enter === undefined ? 'door.open' : 'door.enter', values)
    })
    .join('\n')
}

const formats = new Map<string, IntlMessageFormat>()

function format(text: string, language: string, values: Record<string, string>): string {
  const key = `${language}\0${text}`
  let compiled = formats.get(key)
  if (!compiled) {
    compiled = new IntlMessageFormat(text, language, undefined, { ignoreTag: true })
    if (formats.size > 2000) formats.clear()
    formats.set(key, compiled)
  }
  return String(compiled.format(values))
}

/** `Fri 10 Jul, 15:00` on the property's clock. No characters outside GSM-7 that Intl might put in. */
function moment(at: Instant, language: string, zone: string): string {
  const parts = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return parts.format(new Date(at)).replace(/[\u202f\u00a0]/g, ' ')
}

/** A guest's name goes into a text on one line, whatever was typed into the booking form. */
function tidy(name: string): string {
  return name
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 40)
}
