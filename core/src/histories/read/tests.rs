use super::*;
use crate::histories::operation::{Call, Mode, Value};

fn calls(text: &str, model: Model) -> Vec<(String, Option<String>, Call, bool)> {
    let history = read(text, model).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let row = |o: &crate::histories::Operation| {
        (o.process.to_string(), o.key.as_deref().map(String::from), o.call.clone(), o.returned.is_some())
    };
    history.operations.iter().map(row).collect()
}

fn plain(source: &str) -> Value {
    Value::Plain(source.into())
}

#[test]
fn all_forms_of_one_history_say_the_same() {
    let edn = "{:process 0, :type :invoke, :f :write, :value 3}\n{:process 1, :type :invoke, :f :cas, :value [3 4]}\n\
               {:process 0, :type :ok, :f :write, :value 3}\n{:process 1, :type :info, :f :cas, :value [3 4]}\n\
               {:process 2, :type :invoke, :f :read, :value nil}\n{:process 2, :type :ok, :f :read, :value 4}\n\
               {:process 0, :type :invoke, :f :cas, :value [9 1]}\n{:process 0, :type :fail, :f :cas, :value [9 1]}\n\
               {:process 2, :type :invoke, :f :read, :value nil}\n{:process 2, :type :fail, :f :read, :error :timeout}\n";
    let expected = vec![
        ("0".to_string(), None, Call::Write(plain("3")), true),
        ("1".to_string(), None, Call::Cas(plain("3"), plain("4")), false),
        ("2".to_string(), None, Call::Read(plain("4")), true),
    ];
    assert_eq!(calls(edn, Model::CasRegister), expected);
    let vector = format!("[{}]", edn.replace('\n', ",\n"));
    assert_eq!(calls(&vector, Model::CasRegister), expected);
    let nemesis = format!("{{:process :nemesis, :type :info, :f :start}}\n{edn}{{:process 7, :type :info, :f :read}}");
    assert_eq!(calls(&nemesis, Model::CasRegister), expected);
    let tagged: String = edn.lines().map(|line| format!("#jepsen.history.Op{line}\n")).collect();
    assert_eq!(calls(&tagged, Model::CasRegister), expected);
    let log = edn
        .replace("{:process ", "INFO  jepsen.util - ")
        .replace([','], "\t")
        .replace(":type ", "")
        .replace(":f ", "")
        .replace(":value ", "")
        .replace(":error :timeout", ":timed-out")
        .replace('}', "");
    assert_eq!(calls(&log, Model::CasRegister), expected);
    let json = "{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"value\":3}\n{\"process\":1,\"type\":\"invoke\",\"f\":\"cas\",\"value\":[3,4]}\n\
                {\"process\":0,\"type\":\"ok\",\"f\":\"write\",\"value\":3}\n{\"process\":1,\"type\":\"info\",\"f\":\"cas\",\"value\":[3,4]}\n\
                {\"process\":2,\"type\":\"invoke\",\"f\":\"read\",\"value\":null}\n{\"process\":2,\"type\":\"ok\",\"f\":\"read\",\"value\":4}\n";
    assert_eq!(calls(json, Model::CasRegister), expected);
}

#[test]
fn independent_keys_are_taken_out_of_the_values() {
    let text = "{:process 0, :type :invoke, :f :write, :value [:x 1], :time 2500}\n{:process 0, :type :ok, :f :write, :value [:x 1]}\n\
                {:process 1, :type :invoke, :f :cas, :value [:y [1 2]]}\n{:process 1, :type :ok, :f :cas, :value [:y [1 2]]}\n\
                {:process 1, :type :invoke, :f :read, :value [:x nil]}\n{:process 1, :type :ok, :f :read, :value [:x 1]}\n";
    let key = |key: &str| Some(key.to_string());
    let expected = vec![
        ("0".to_string(), key("x"), Call::Write(plain("1")), true),
        ("1".to_string(), key("y"), Call::Cas(plain("1"), plain("2")), true),
        ("1".to_string(), key("x"), Call::Read(plain("1")), true),
    ];
    assert_eq!(calls(text, Model::CasRegister), expected);
    let history = read(text, Model::CasRegister).expect("a history");
    assert_eq!((history.operations[0].invoked.at_us, history.operations[0].invoked.line), (Some(2), 1));
}

#[test]
fn locks_keep_their_mode_and_their_token() {
    let text = "{:process 0, :type :invoke, :f :acquire, :lock \"a\", :mode :shared}\n{:process 0, :type :ok, :f :acquire, :value 7}\n\
                {:process 0, :type :invoke, :f :release, :lock \"a\"}\n{:process 0, :type :ok, :f :release}\n";
    let key = Some("a".to_string());
    let expected = vec![
        ("0".to_string(), key.clone(), Call::Acquire(Mode::Shared, Some(7)), true),
        ("0".to_string(), key, Call::Release(None, 0), true),
    ];
    assert_eq!(calls(text, Model::Lock), expected);
}
