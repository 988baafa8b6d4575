//! As much of JSON Schema as the exported schemas use.

use serde_json::Value;

/// Whether an instance satisfies a schema. `pattern` is not looked at: the tests leave it to a full implementation.
///
/// # Panics
/// If the schema has a word that this checker does not know.
pub(crate) fn accepts(schema: &Value, instance: &Value) -> bool {
    let Some(words) = schema.as_object() else { return schema == &Value::Bool(true) };
    words.iter().all(|(word, rule)| match word.as_str() {
        "$schema" | "title" | "description" | "default" | "examples" | "pattern" | "then" => true,
        "type" => match rule.as_str().unwrap() {
            "object" => instance.is_object(),
            "array" => instance.is_array(),
            "string" => instance.is_string(),
            "boolean" => instance.is_boolean(),
            "number" => instance.is_number(),
            "integer" => instance.is_i64() || instance.is_u64(),
            other => panic!("type {other}"),
        },
        "enum" => rule.as_array().unwrap().contains(instance),
        "minimum" => number(instance).is_none_or(|x| x >= rule.as_f64().unwrap()),
        "maximum" => number(instance).is_none_or(|x| x <= rule.as_f64().unwrap()),
        "exclusiveMinimum" => number(instance).is_none_or(|x| x > rule.as_f64().unwrap()),
        "exclusiveMaximum" => number(instance).is_none_or(|x| x < rule.as_f64().unwrap()),
        "minLength" => instance.as_str().is_none_or(|s| s.chars().count() as u64 >= rule.as_u64().unwrap()),
        "maxLength" => instance.as_str().is_none_or(|s| s.chars().count() as u64 <= rule.as_u64().unwrap()),
        "minItems" => instance.as_array().is_none_or(|list| list.len() as u64 >= rule.as_u64().unwrap()),
        "uniqueItems" => {
            instance.as_array().is_none_or(|list| (1..list.len()).all(|i| !list[..i].contains(&list[i])))
        }
        "items" => instance.as_array().is_none_or(|list| list.iter().all(|element| accepts(rule, element))),
        "contains" => {
            instance.as_array().is_none_or(|list| list.iter().any(|element| accepts(rule, element)))
        }
        "properties" => instance.as_object().is_none_or(|map| {
            rule.as_object()
                .unwrap()
                .iter()
                .all(|(name, schema)| map.get(name).is_none_or(|value| accepts(schema, value)))
        }),
        "required" => instance.as_object().is_none_or(|map| {
            rule.as_array().unwrap().iter().all(|name| map.contains_key(name.as_str().unwrap()))
        }),
        "additionalProperties" => {
            assert_eq!(rule, &Value::Bool(false));
            let known = schema["properties"].as_object().unwrap();
            instance.as_object().is_none_or(|map| map.keys().all(|name| known.contains_key(name)))
        }
        "allOf" => rule.as_array().unwrap().iter().all(|schema| accepts(schema, instance)),
        "anyOf" => rule.as_array().unwrap().iter().any(|schema| accepts(schema, instance)),
        "not" => !accepts(rule, instance),
        "if" => !accepts(rule, instance) || accepts(&schema["then"], instance),
        other => panic!("unknown word {other}"),
    })
}

fn number(instance: &Value) -> Option<f64> {
    instance.as_f64()
}
