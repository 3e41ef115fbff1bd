/** How Node's codes begin for a secured connection that could not be had. */
export const TLS_FAULT = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO)/;
