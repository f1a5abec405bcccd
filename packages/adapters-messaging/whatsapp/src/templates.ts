import type { TemplateContent } from '@stayward/core/adapter'
import type { WhatsAppConfig } from './whatsapp-config.ts'

type Kind = TemplateContent['kind']

/**
 * The parameters of each template, in this order where they are positional. Names are Meta's style; the values are the
 * hub's.
 */
const way = [
  ['guest_name', 'guestName'],
  ['unit', 'unit'],
  ['property', 'property'],
  ['from', 'from'],
  ['until', 'until'],
  ['doors', 'doors'],
] as const
export const templateParameters: Readonly<Record<Kind, readonly (readonly [name: string, value: string])[]>> = {
  'door-code': way,
  change: way,
  withdrawal: way.slice(0, 3),
  alarm: [['text', 'text']],
}

export const kinds: readonly Kind[] = ['door-code', 'change', 'withdrawal', 'alarm']

export function templateNameOf(config: WhatsAppConfig, kind: Kind): string | undefined {
  switch (kind) {
    case 'door-code':
      return config.doorCodeTemplate
    case 'change':
      return config.changeTemplate
    case 'withdrawal':
      return config.withdrawalTemplate
    case 'alarm':
      return config.alarmTemplate
  }
}

export interface TemplateMessage {
  readonly name: string
  readonly language: { readonly code: string }
  readonly components: readonly {
    readonly type: 'body'
    readonly parameters: readonly {
      readonly type: 'text'
      readonly parameter_name?: string
      readonly text: string
    }[]
  }[]
}

/** The template as it is sent. Its values are those of the hub's message writer. */
export function templateMessage(
  { name, code, named }: { readonly name: string; readonly code: string; readonly named: boolean },
  { kind, values }: TemplateContent,
): TemplateMessage {
  const parameters = templateParameters[kind].map(([parameter, value]) => ({
    type: 'text' as const,
    ...(named ? { parameter_name: parameter } : {}),
    text: parameterText(values[value] ?? ''),
  }))
  return { name, language: { code }, components: [{ type: 'body', parameters }] }
}

/**
 * Parameters hold no line breaks, tabs or runs of spaces, and are never empty (docs/vendors/whatsapp.md, templates). A guest
 * without a name is waved at, which fits every language.
 */
export function parameterText(text: string): string {
  const lines = text.split(/[\r\n\u2028\u2029]+/).map((line) => line.replace(/[\s\p{Cc}]+/gu, ' ').trim())
  return lines.filter((line) => line !== '').join(' · ') || '👋'
}
