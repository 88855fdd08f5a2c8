/** The runtime that a person means: by id, by the beginning of an id, or by name. */
import {
  RuntimeError,
  type IRuntimeResource,
  type RuntimesClient
} from '@jupyterlab-runtimes/core';

/** @throws RuntimeError NOT_FOUND | CONFLICT when several fit. */
export async function findRuntime(
  client: RuntimesClient,
  wanted: string
): Promise<IRuntimeResource> {
  const runtimes = await client.listRuntimes();
  const fits =
    [
      runtimes.filter(({ id }) => id === wanted),
      runtimes.filter(({ given_name: name }) => name === wanted),
      runtimes.filter(({ id }) => id.startsWith(wanted))
    ].find(candidates => candidates.length > 0) ?? [];
  if (fits.length > 1) {
    throw new RuntimeError(
      'CONFLICT',
      `Several runtimes fit "${wanted}": name one of ${fits.map(({ id }) => id).join(', ')}.`
    );
  }
  if (!fits[0]) {
    throw new RuntimeError(
      'NOT_FOUND',
      `No runtime fits "${wanted}": see \`jupyter runtimes ls\`.`
    );
  }
  return fits[0];
}
