/** The words of a command line with double quotes, as a shell would hand them over. */
export function shellWords(line: string): string[] {
  return Array.from(line.matchAll(/(?:[^\s"]|"[^"]*")+/g), ([word]) => word.replaceAll('"', ''))
}
