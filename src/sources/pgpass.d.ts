declare module "pgpass" {
  /** Looks a password up in the user's own file of them. */
  export default function pgpass(
    connection: { host?: string; port?: number; database?: string; user?: string },
    done: (password: string | undefined) => void,
  ): void;
}
