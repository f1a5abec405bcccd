import type { Account, Call } from '@stayward/core/adapter'
import { languagesIn, sameCode } from './template-languages.ts'
import { kinds, templateNameOf, templateParameters } from './templates.ts'
import type { Template, WhatsAppApi } from './whatsapp-api.ts'
import type { WhatsAppConfig } from './whatsapp-config.ts'

/** Tests number, subscription and templates, and says what will not work although the token does. */
export async function readWhatsAppAccount(config: WhatsAppConfig, api: WhatsAppApi, call: Call): Promise<Account> {
  const number = await api.readNumber(call)
  const apps = await api.countSubscribedApps(call)
  const named = kinds.some((kind) => templateNameOf(config, kind) !== undefined)
  const templates = named ? await api.listTemplates(call) : []
  const [warning] = [
    ...(number.status !== '' && number.status !== 'CONNECTED'
      ? [`Meta says of the number: ${number.status.toLowerCase()}. Look at it in the WhatsApp Manager.`]
      : []),
    ...(apps === 0
      ? ['No app is subscribed to the WhatsApp account, so no delivery state and no answer arrives: see the README.']
      : []),
    ...templateWarnings(config, templates),
    ...(number.quality === 'RED'
      ? ['Meta rates the quality of the number as low: it may be limited soon. Look in the WhatsApp Manager.']
      : []),
  ]
  const shown = number.display === '' ? 'The number' : number.display
  return {
    id: config.phoneNumberId,
    ...(number.name === '' ? {} : { name: number.name }),
    note: `${shown} answers${number.quality === '' ? '' : `, quality ${number.quality.toLowerCase()}`}`,
    ...(warning === undefined ? {} : { warning }),
  }
}

/** What a guest would not be told, and why. */
export function templateWarnings(config: WhatsAppConfig, templates: readonly Template[]): readonly string[] {
  const languages = languagesIn(config.templateLanguages) ?? []
  const warnings: string[] = []
  for (const kind of kinds) {
    const name = templateNameOf(config, kind)
    if (name === undefined) {
      if (kind === 'door-code')
        warnings.push('No template for the door code is set: guests who have not written within a day are not told.')
      continue
    }
    for (const { theirs } of languages) {
      const template = templates.find((one) => one.name === name && sameCode(one.language, theirs))
      if (!template) warnings.push(`There is no template ${name} in the language ${theirs}.`)
      else if (template.status !== 'APPROVED')
        warnings.push(`The template ${name} (${theirs}) is not approved: ${template.status.toLowerCase()}.`)
      else if (!hasPlaceholders(template, expected(config, kind)))
        warnings.push(
          `The template ${name} (${theirs}) needs exactly the parameters ${expected(config, kind).join(', ')}.`,
        )
    }
  }
  return warnings
}

function expected({ templateParameters: style }: WhatsAppConfig, kind: keyof typeof templateParameters): string[] {
  return templateParameters[kind].map(([name], index) => (style === 'named' ? name : String(index + 1)))
}

const hasPlaceholders = ({ placeholders }: Template, wanted: readonly string[]) =>
  placeholders.length === wanted.length && wanted.every((each) => placeholders.includes(each))
