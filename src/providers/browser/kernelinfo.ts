import type { IKernelFacts } from './protocol';

/** The content of a kernel_info_reply, without its status. */
export function kernelInfo(facts: IKernelFacts): object {
  const { pythonVersion, ipythonVersion } = facts;
  return {
    implementation: 'ipython',
    implementation_version: ipythonVersion,
    protocol_version: '5.3',
    language_info: {
      name: 'python',
      version: pythonVersion,
      mimetype: 'text/x-python',
      codemirror_mode: { name: 'ipython', version: Number(pythonVersion.split('.')[0]) },
      pygments_lexer: 'ipython3',
      nbconvert_exporter: 'python',
      file_extension: '.py'
    },
    banner: `Python ${pythonVersion} in the browser (Pyodide)\nIPython ${ipythonVersion}`,
    help_links: [
      { text: 'Pyodide', url: 'https://pyodide.org' },
      {
        text: 'Python',
        url: `https://docs.python.org/${pythonVersion.split('.').slice(0, 2).join('.')}`
      }
    ],
    supported_features: []
  };
}
