(* The fork server inside a warm Coq: loaded by the last sentence of an image, it never returns in that process.
   Each byte on `ask` forks a child, which waits for a second byte and then goes on reading its sentences from
   `script`. The process that was warmed reads nothing that anybody wrote, so a child can leave nothing behind.
   Descriptors, by number: 3 the script, 4 what asks, 5 what is told. *)

let descriptor (number : int) : Unix.file_descr = Obj.magic number
let script, ask, tell = descriptor 3, descriptor 4, descriptor 5

let say text =
  if Unix.write_substring tell text 0 (String.length text) <> String.length text then exit 70

(* The descriptor through which Coq reads the image's own file: the same file under another number. *)
let source () =
  let file = Unix.stat Sys.argv.(Array.length Sys.argv - 1) in
  let is_it number =
    match Unix.fstat (descriptor number) with
    | found -> found.Unix.st_ino = file.Unix.st_ino && found.Unix.st_dev = file.Unix.st_dev
    | exception Unix.Unix_error _ -> false in
  let rec find number =
    if number > 63 then exit 71 else if is_it number then descriptor number else find (number + 1) in
  find 6

let milliseconds () =
  let used = Unix.times () in
  int_of_float (1000. *. (used.Unix.tms_cutime +. used.Unix.tms_cstime))

let rec serve source byte =
  if Unix.read ask byte 0 1 = 0 then exit 0;
  let before = milliseconds () in
  match Unix.fork () with
  | 0 ->
    if Unix.read ask byte 0 1 = 0 then exit 0;
    Unix.dup2 script source;
    List.iter Unix.close [script; ask; tell]
  | pid ->
    say (Printf.sprintf "pid %d\n" pid);
    let kind, code =
      match snd (Unix.waitpid [] pid) with
      | Unix.WEXITED code -> "exit", code
      | Unix.WSIGNALED signal | Unix.WSTOPPED signal -> "signal", signal in
    say (Printf.sprintf "%s %d %d\n" kind code (milliseconds () - before));
    serve source byte

let () =
  let source = source () in
  Gc.compact ();
  (* A child is short-lived: collecting would only copy the pages that it shares. *)
  Gc.set { (Gc.get ()) with Gc.space_overhead = 1000 };
  say "ready\n";
  serve source (Bytes.create 1)
