/** Files that contain secrets: {@link dev.hasten.files.PrivateFiles}. */
@NullMarked
package dev.hasten.files;

import org.jspecify.annotations.NullMarked;
