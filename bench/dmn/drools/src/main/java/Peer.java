import java.io.DataInputStream;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.kie.dmn.api.core.DMNContext;
import org.kie.dmn.api.core.DMNModel;
import org.kie.dmn.api.core.DMNRuntime;
import org.kie.dmn.core.internal.utils.DMNRuntimeBuilder;
import org.kie.internal.io.ResourceFactory;

/** Decides the first households of a file with Drools, one by one. Arguments: model, folder of the data, households. */
public class Peer {
  static final String[] NUMBERS = {"Members", "Disposable Income", "Idle Members", "Medical Cost", "Schooling Cost",
    "Care Cost", "Work Cost", "Accident Cost", "Employed Months"};
  static final String[] TRUTHS = {"On Subsistence", "Disaster", "Union Member", "Migrant Worker"};
  static final String[] FACTS = {"costly schooling", "second home", "needless car", "business owner",
    "concealed income", "refused survey"};
  static final List<String> REASONS = List.of("out_of_scope", "excluded", "subsistence",
    "below_line", "below_multiple", "sudden_need",
    "above_limit");

  public static void main(String[] arguments) throws Exception {
    var folder = Path.of(arguments[1]);
    int count = Integer.parseInt(arguments[2]);
    int width = NUMBERS.length + TRUTHS.length + FACTS.length;
    byte[] bytes = new byte[count * width * 8];
    try (var file = new RandomAccessFile(folder.resolve("households.bin").toFile(), "r")) { file.readFully(bytes); }
    var data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    byte[] rows = new byte[count];
    try (var file = new RandomAccessFile(folder.resolve("rows.bin").toFile(), "r")) { file.readFully(rows); }

    DMNRuntime runtime = DMNRuntimeBuilder.fromDefaults().buildConfiguration()
      .fromResources(List.of(ResourceFactory.newByteArrayResource(Files.readAllBytes(Path.of(arguments[0])))))
      .getOrElseThrow(RuntimeException::new);
    DMNModel model = runtime.getModels().get(0);
    if (model.hasErrors()) throw new RuntimeException(model.getMessages().toString());

    var threads = ManagementFactory.getThreadMXBean();
    double best = Double.MAX_VALUE;
    int differences = 0;
    for (int round = 0; round < 4; ++round) {  // the first ones warm the virtual machine up
      differences = 0;
      long start = threads.getCurrentThreadCpuTime();
      for (int at = 0; at < count; ++at) {
        DMNContext context = runtime.newContext();
        int place = at * width;
        for (int i = 0; i < NUMBERS.length; ++i) {
          boolean isCount = i == 0 || i == 2 || i == 8;
          context.set(NUMBERS[i], BigDecimal.valueOf(data.get(place++), isCount ? 0 : 2));
        }
        for (String name : TRUTHS) context.set(name, data.get(place++) != 0);
        Map<String, Object> facts = new HashMap<>();
        for (String name : FACTS) facts.put(name, data.get(place++) != 0);
        context.set("Exclusion Facts", facts);
        context.set("Subsistence Line", BigDecimal.valueOf(712));
        context.set("Relative Multiple", BigDecimal.valueOf(2));
        context.set("Accident Share", BigDecimal.valueOf(8, 1));
        context.set("Minimum Wage", BigDecimal.valueOf(1950));
        context.set("Schooling Limit", BigDecimal.valueOf(12000));
        context.set("Employed Months Min", BigDecimal.valueOf(12));
        var result = runtime.evaluateByName(model, context, "Difficulty").getDecisionResultByName("Difficulty").getResult();
        Object reason = result instanceof Map<?, ?> map ? map.get("reason") : null;
        if (REASONS.indexOf(reason) + 1 != rows[at]) ++differences;
      }
      best = Math.min(best, (threads.getCurrentThreadCpuTime() - start) / 1e9 / count);
    }
    System.out.println("drools\t" + best * 1e9 + "\t" + count + "\t" + differences);
  }
}
