"""What ./workshop/exercise says, in both languages."""
import textwrap

LANGUAGES = ("en", "pt")

WORDS = {
    "ok": ("ok", "ok"),
    "fail": ("FAIL", "FALHA"),
    "minutes": ("{} min", "{} min"),
    "of": ("{} of {}", "{} de {}"),
    "done": ("done", "feito"),
    "changed": ("changed since it passed", "alterado depois de passar"),
    "begun": ("started", "iniciado"),
    "still waiting": ("still waiting for {} (after {} s)", "continua esperando {} (depois de {} s)"),
    "waiting somewhere": ("your code to return", "o seu código retornar"),
    "crashed signal": ("crashed: {}", "o processo caiu: {}"),
    "crashed status": ("ended in the middle, with exit status {}",
                       "terminou no meio, com código de saída {}"),
    "processes": ("has more than {} processes", "passou de {} processos"),
    "memory": ("uses more than {} GB of memory", "passou de {} GB de memória"),
    "finding": ("{} in {}", "{} em {}"),
    "compile": ("does not compile: {}", "não compila: {}"),
    "more errors": ("{} more errors after this one: fix the first, then check again",
                    "há mais {} erros depois deste: conserte o primeiro e verifique de novo"),
    "building": ("building what the checkers need; the first time takes a minute or two",
                 "compilando o que os verificadores usam; na primeira vez leva um ou dois minutos"),
    "cannot": ("cannot be checked on this machine: {}", "não dá para verificar nesta máquina: {}"),
    "doctor": ("./workshop/doctor says what is missing", "./workshop/doctor diz o que falta"),
    "passed": ("All passed. Compare with ours: ./workshop/exercise solution {}",
               "Tudo certo. Veja a nossa solução: ./workshop/exercise solution {}"),
    "next": ("Next: ./workshop/exercise start {}", "O próximo: ./workshop/exercise start {}"),
    "last": ("That was the last one.", "Era o último."),
    "bad argument": ("unknown argument: '{}'; --help says what there is",
                     "argumento desconhecido: '{}'; --help diz o que existe"),
    "bad language": ("no such language: '{}'; use en or pt",
                     "língua desconhecida: '{}'; use en ou pt"),
    "no command": ("which command? {}; --help says what each does",
                   "qual comando? {}; --help diz o que cada um faz"),
    "bad command": ("no such command: '{}'; the commands are: {}",
                    "não existe o comando '{}'; os comandos são: {}"),
    "which": ("which exercise? ./workshop/exercise {} 02b", "qual exercício? ./workshop/exercise {} 02b"),
    "unknown": ("there is no exercise {}; the exercises are: {}",
                "não existe o exercício {}; os exercícios são: {}"),
    "not begun": ("{0} has not been started: ./workshop/exercise start {0}",
                  "o {0} ainda não foi iniciado: ./workshop/exercise start {0}"),
    "is begun": ("{0} has been started already; to start over: ./workshop/exercise reset {0}",
                 "o {0} já foi iniciado; para recomeçar: ./workshop/exercise reset {0}"),
    "started": ("  read  {}\n  edit  {}\n  then  ./workshop/exercise check {}",
                "  leia      {}\n  edite     {}\n  e depois  ./workshop/exercise check {}"),
    "backup": ("Your previous version is in {}.", "A sua versão anterior está em {}."),
    "hint": ("hint {} of {} · {}", "dica {} de {} · {}"),
    "no hint": ("Nothing fails. There is no hint to give.", "Nada está falhando: não há dica a dar."),
    "check first": ("check first, so that the hint fits: ./workshop/exercise check {}",
                    "verifique antes, para a dica servir: ./workshop/exercise check {}"),
    "not passed": ("{0} has not passed yet. See it all the same: ./workshop/exercise solution {0} --anyway",
                   "o {0} ainda não passou. Para ver mesmo assim: ./workshop/exercise solution {0} --anyway"),
}


class Speaker:
    def __init__(self, language):
        self.language = language
        self.index = LANGUAGES.index(language)

    def __call__(self, key, *values):
        return WORDS[key][self.index].format(*values)

    def of(self, texts):
        """The text of {"en": ..., "pt": ...}; empty where there is none."""
        return texts.get(self.language, "")


def language_of(environment):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "pt" if value.startswith("pt") else "en"
    return "en"


def indented(text, columns, width):
    """The text in lines that begin after so many spaces."""
    indent = " " * columns
    return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent)
