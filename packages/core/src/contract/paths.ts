/** The paths of the interface, under the service's URL. */

export const API_BASE = '/api/runtimes/v1';

/** Where a runtime's Jupyter Server answers: its `base_url`. */
export const ingressPath = (runtimeId: string): string => `/runtimes/${runtimeId}/`;

/** The channel of a kernel, to which the resumable protocol applies for the kernel that Lab shows. */
export const channelsPath = (runtimeId: string, kernelId: string): string =>
  `${ingressPath(runtimeId)}api/kernels/${encodeURIComponent(kernelId)}/channels`;

export const runtimePath = (runtimeId: string): string =>
  `/runtimes/${encodeURIComponent(runtimeId)}`;
